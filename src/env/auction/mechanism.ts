/**
 * The auction of one page: who gets which of L slots, and what they pay. Ads are ranked by bid × quality^squash
 * (Lahaie & Pennock 2007; squash 1 is expected revenue, 0 the bids alone).
 *
 * - first-price: winners pay their bid.
 * - second-price, gsp: winners pay the least bid that keeps their slot (Edelman, Ostrovsky & Schwarz 2007); with one
 *   slot and squash 0 that is Vickrey's.
 * - vcg: winners pay what their presence costs the others, so that telling the truth is best whatever they do.
 */
import { InputError } from '../../core/errors.ts';

export const MECHANISMS = ['first-price', 'second-price', 'gsp', 'vcg'] as const;
export type Mechanism = (typeof MECHANISMS)[number];

export interface AuctionRule {
  mechanism: Mechanism;
  /** In [0, 1]: ads are ranked by bid × quality^squash. */
  squash: number;
  /** [USD per bid unit] lower bids do not take part. */
  reserve: number;
  /** (L) in (0, 1], not increasing: what is left of a click's chance in each slot. */
  clickFactors: ArrayLike<number>;
}

export interface PageAuction {
  /**
   * Sells the L slots among the first m participants: `bid` [USD per bid unit] and `quality` (P(click | examined), or 1
   * where impressions are sold). Ties go to the lower index. Returns how many slots were sold. Nothing is allocated.
   * Throws `RangeError` for more participants than there is room for.
   */
  sell(m: number, bid: Float64Array, quality: Float64Array): number;
  /** (L) participant in each sold slot, from the top. */
  winner: Int32Array;
  /** (L)[USD per bid unit] what each pays. */
  price: Float64Array;
  /**
   * [USD per bid unit] the infimum of bids with which the participant would have got any slot in the auction just sold,
   * the others' bids being what they were; Infinity for a quality of 0.
   */
  minimumToWin(participant: number): number;
}

/** Room for auctions of up to `capacity` participants. Throws `InputError` for a rule that is none. */
export function pageAuction(rule: AuctionRule, capacity: number): PageAuction {
  check(rule);
  const { mechanism, squash, reserve } = rule;
  const L = rule.clickFactors.length;
  const factors = Float64Array.from(rule.clickFactors);
  const weight = new Float64Array(capacity); // quality^squash
  // The best L + 1 of those who take part, best first: who is below them changes nothing.
  const rank = new Int32Array(L + 1);
  const score = new Float64Array(L + 1);
  const winner = new Int32Array(L);
  const price = new Float64Array(L);
  let ranked = 0;
  return { sell, winner, price, minimumToWin };

  function sell(m: number, bid: Float64Array, quality: Float64Array): number {
    if (m > capacity) throw new RangeError(`auction: ${m} participants, but room for ${capacity}`);
    ranked = 0;
    for (let p = 0; p < m; p++) {
      weight[p] = rankWeight(quality[p], squash);
      // `!(>=)` leaves out NaN, too.
      if (!(bid[p] >= reserve)) continue;
      place(p, bid[p] * weight[p]);
    }
    const sold = Math.min(L, ranked);
    if (mechanism === 'vcg') payExternalities(sold);
    for (let l = 0; l < sold; l++) {
      winner[l] = rank[l];
      if (mechanism === 'first-price') price[l] = bid[rank[l]];
      else if (mechanism !== 'vcg') price[l] = toKeep(l, l + 1 < ranked ? score[l + 1] : 0);
    }
    return sold;
  }

  /** Keeps the best L + 1, in order. */
  function place(p: number, s: number): void {
    let at = ranked;
    while (at > 0 && score[at - 1] < s) at--;
    if (at > L) return;
    for (let j = Math.min(ranked, L); j > at; j--) {
      rank[j] = rank[j - 1];
      score[j] = score[j - 1];
    }
    rank[at] = p;
    score[at] = s;
    if (ranked <= L) ranked++;
  }

  /** The bid at which the winner of slot l scores `s`; not below the reserve. */
  function toKeep(l: number, s: number): number {
    const w = weight[rank[l]];
    return w > 0 ? Math.max(reserve, s / w) : reserve;
  }

  /**
   * What the others lose: for each slot from the winner's down, the clicks that the slot has more than the next, at the
   * score that moves up into it; never less than the reserve for each of those clicks, or a bidder would gain by
   * overbidding for the upper slot.
   */
  function payExternalities(sold: number): void {
    for (let l = 0; l < sold; l++) {
      const w = weight[rank[l]];
      if (w === 0) {
        price[l] = reserve;
        continue;
      }
      let lost = 0;
      for (let j = l; j < sold; j++) {
        const more = factors[j] - (j + 1 < sold ? factors[j + 1] : 0);
        lost += more * Math.max(j + 1 < ranked ? score[j + 1] : 0, reserve * w);
      }
      price[l] = Math.max(reserve, lost / (factors[l] * w)); // equal but for rounding
    }
  }

  function minimumToWin(participant: number): number {
    const w = weight[participant];
    // The last slot's score among the others: the L-th of those ranked, the participant left out.
    let others = 0;
    let bar = 0;
    for (let j = 0; j < ranked && others < L; j++) {
      if (rank[j] === participant) continue;
      others++;
      bar = score[j];
    }
    if (others < L) return reserve;
    if (w === 0) return Infinity;
    return Math.max(reserve, bar / w);
  }
}

/** quality^squash: what a bid is multiplied with to rank it. */
export function rankWeight(quality: number, squash: number): number {
  if (squash === 0) return 1;
  if (squash === 1 || quality === 0) return quality;
  return Math.exp(squash * Math.log(quality));
}

function check({ squash, reserve, clickFactors }: AuctionRule): void {
  if (!(squash >= 0 && squash <= 1))
    throw new InputError(`auction.squash: ${squash} is not in [0, 1]; 1 ranks by expected revenue`);
  if (!(reserve >= 0)) throw new InputError(`auction.reserve: ${reserve} is not 0 or more; use 0 for none`);
  const factors = Array.from(clickFactors);
  const sound = factors.every((c, l) => c > 0 && c <= 1 && (l === 0 || c <= factors[l - 1]));
  if (factors.length === 0 || !sound) {
    throw new InputError(`auction.clickFactors: ${factors.join(', ')} must lie in (0, 1] and not increase; sort them`);
  }
}
