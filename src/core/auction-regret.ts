/** AuctionGym's split of what an advertiser loses in an auction (Jeunen, Murphy & Allison 2022, "Learning to bid with AuctionGym"). */

/** One opportunity; amounts in one currency per impression. */
export interface Opportunity {
  /** True worth of the best ad there was. */
  best: number;
  /** True worth of the ad offered. */
  value: number;
  /** What the bidder believed it worth. */
  estimate: number;
  bid: number;
  won: boolean;
  /** What the winner, whoever it was, paid. */
  price: number;
  /** The highest competing bid. */
  second: number;
}

export interface AuctionRegret {
  /** Lost by offering another ad than the best. */
  allocation: number;
  /** Worth that was believed in and is not there; negative where it was underrated. */
  estimation: number;
  /** Paid beyond what would have won. */
  overbid: number;
  /** What the bid lacked where winning at that price was still worth it. */
  underbid: number;
}

export function auctionRegret({ best, value, estimate, bid, won, price, second }: Opportunity): AuctionRegret {
  return {
    allocation: best - value,
    estimation: estimate - value,
    overbid: won ? price - second : 0,
    underbid: !won && price < value ? price - bid : 0,
  };
}
