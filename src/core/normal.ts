/** The standard normal's density and distribution function. */

const SQRT_HALF_PI_INVERSE = 0.3989422804014327; // 1/√(2π)

/** φ(z). */
export function normalDensity(z: number): number {
  return SQRT_HALF_PI_INVERSE * Math.exp(-0.5 * z * z);
}

/**
 * Φ(z) = erfc(−z/√2) / 2, to about 1e-15 relative in either tail, by the rational approximations of Cody 1969 ("Rational
 * Chebyshev approximations for the error function", Mathematics of Computation 23). `bell` is e^(−z²/2), for whoever has it.
 */
export function normalCdf(z: number, bell: number = Math.exp(-0.5 * z * z)): number {
  const x = Math.abs(z) * Math.SQRT1_2;
  if (x <= 0.46875) {
    const y = x * x;
    const top =
      (((0.185777706184603153 * y + 3.1611237438705656) * y + 113.864154151050156) * y + 377.485237685302021) * y;
    const bottom = (((y + 23.6012909523441209) * y + 244.024637934444173) * y + 1282.61652607737228) * y;
    const erf = (x * (top + 3209.37758913846947)) / (bottom + 2844.23683343917062);
    return z < 0 ? 0.5 - 0.5 * erf : 0.5 + 0.5 * erf;
  }
  const tail = 0.5 * bell * (x <= 4 ? middle(x) : far(x));
  return z < 0 ? tail : 1 - tail;
}

/** e^{x²} erfc(x) for x in (0.46875, 4]. */
function middle(x: number): number {
  const top =
    (((((((2.15311535474403846e-8 * x + 0.564188496988670089) * x + 8.88314979438837594) * x + 66.1191906371416295) *
      x +
      298.635138197400131) *
      x +
      881.95222124176909) *
      x +
      1712.04761263407058) *
      x +
      2051.07837782607147) *
      x +
    1230.33935479799725;
  const bottom =
    (((((((x + 15.7449261107098347) * x + 117.693950891312499) * x + 537.181101862009858) * x + 1621.38957456669019) *
      x +
      3290.79923573345963) *
      x +
      4362.61909014324716) *
      x +
      3439.36767414372164) *
      x +
    1230.33935480374942;
  return top / bottom;
}

/** The same for x > 4. */
function far(x: number): number {
  const y = 1 / (x * x);
  const top =
    ((((0.0163153871373020978 * y + 0.305326634961232344) * y + 0.360344899949804439) * y + 0.125781726111229246) * y +
      0.0160837851487422766) *
      y +
    6.58749161529837803e-4;
  const bottom =
    ((((y + 2.56852019228982242) * y + 1.87295284992346047) * y + 0.527905102951428412) * y + 0.0605183413124413191) *
      y +
    2.33520497626869185e-3;
  return (ROOT_PI_INVERSE - (y * top) / bottom) / x;
}

const ROOT_PI_INVERSE = 0.5641895835477562869; // 1/√π
