/** Two worlds of continuous state: a pole on a cart, and a double pendulum. Equations and constants of Gymnasium 1.0. */
import type { Dynamics } from './world.ts';

const TWO_PI = 2 * Math.PI;

/** CartPole-v1 (Barto, Sutton & Anderson 1983; Euler steps of 0.02 s): 1 for each step until the pole falls, at most 500. */
export function cartPole(): Dynamics {
  const [gravity, pole, half, force, tau] = [9.8, 0.1, 0.5, 10, 0.02];
  const total = pole + 1;
  return {
    name: 'cart-pole',
    contextNames: ['position', 'velocity', 'angle', 'angular-velocity'],
    actions: ['left', 'right'],
    stateSize: 4,
    horizon: 500,
    start(state, at, luck) {
      for (let j = 0; j < 4; j++) state[at + j] = 0.1 * luck() - 0.05;
    },
    context(state, at, out, to) {
      for (let j = 0; j < 4; j++) out[to + j] = state[at + j];
    },
    step(state, at, action) {
      const [x, speed, angle, spin] = state.subarray(at, at + 4);
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      const push = ((action === 1 ? force : -force) + pole * half * spin * spin * sin) / total;
      const turn = (gravity * sin - cos * push) / (half * (4 / 3 - (pole * cos * cos) / total));
      state[at] = x + tau * speed;
      state[at + 1] = speed + tau * (push - (pole * half * turn * cos) / total);
      state[at + 2] = angle + tau * spin;
      state[at + 3] = spin + tau * turn;
      return 1;
    },
    isEnd: (state, at) => Math.abs(state[at]) > 2.4 || Math.abs(state[at + 2]) > (12 * TWO_PI) / 360,
    expected: () => 1,
  };
}

/** Acrobot-v1 (Sutton 1996; Runge–Kutta steps of 0.2 s): −1 for each step until the tip swings above the bar, at most 500. */
export function acrobot(): Dynamics {
  const wrap = (angle: number): number => angle - TWO_PI * Math.floor((angle + Math.PI) / TWO_PI);
  const bound = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
  const raised = (state: Float64Array, at: number): boolean =>
    -Math.cos(state[at]) - Math.cos(state[at + 1] + state[at]) > 1;
  return {
    name: 'acrobot',
    contextNames: ['cos-1', 'sin-1', 'cos-2', 'sin-2', 'velocity-1', 'velocity-2'],
    actions: ['left', 'nothing', 'right'],
    stateSize: 4,
    horizon: 500,
    start(state, at, luck) {
      for (let j = 0; j < 4; j++) state[at + j] = 0.2 * luck() - 0.1;
    },
    context(state, at, out, to) {
      out[to] = Math.cos(state[at]);
      out[to + 1] = Math.sin(state[at]);
      out[to + 2] = Math.cos(state[at + 1]);
      out[to + 3] = Math.sin(state[at + 1]);
      out[to + 4] = state[at + 2];
      out[to + 5] = state[at + 3];
    },
    step(state, at, action) {
      const next = rungeKutta(state.slice(at, at + 4), 0.2, (s) => swing(s, action - 1));
      state[at] = wrap(next[0]);
      state[at + 1] = wrap(next[1]);
      state[at + 2] = bound(next[2], 2 * TWO_PI);
      state[at + 3] = bound(next[3], 4.5 * TWO_PI);
      return raised(state, at) ? 0 : -1;
    },
    isEnd: raised,
    expected: () => Number.NaN,
  };
}

/** Time derivatives of the double pendulum's angles and velocities: both links 1 m and 1 kg, their centres half way. */
function swing([first, second, speed1, speed2]: Float64Array, torque: number): Float64Array {
  const g = 9.8;
  const d1 = 0.25 + (1 + 0.25 + Math.cos(second)) + 2;
  const d2 = 0.25 + 0.5 * Math.cos(second) + 1;
  const phi2 = 0.5 * g * Math.cos(first + second - Math.PI / 2);
  const phi1 =
    -0.5 * speed2 * speed2 * Math.sin(second) -
    speed2 * speed1 * Math.sin(second) +
    1.5 * g * Math.cos(first - Math.PI / 2) +
    phi2;
  const turn2 =
    (torque + (d2 / d1) * phi1 - 0.5 * speed1 * speed1 * Math.sin(second) - phi2) / (0.25 + 1 - (d2 * d2) / d1);
  const turn1 = -(d2 * turn2 + phi1) / d1;
  return Float64Array.of(speed1, speed2, turn1, turn2);
}

/** One classical Runge–Kutta step. */
function rungeKutta(from: Float64Array, dt: number, slope: (s: Float64Array) => Float64Array): Float64Array {
  const ahead = (by: Float64Array, share: number): Float64Array => from.map((value, j) => value + share * by[j]);
  const a = slope(from);
  const b = slope(ahead(a, dt / 2));
  const c = slope(ahead(b, dt / 2));
  const d = slope(ahead(c, dt));
  return from.map((value, j) => value + (dt / 6) * (a[j] + 2 * b[j] + 2 * c[j] + d[j]));
}
