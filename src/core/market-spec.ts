/** The market as its rules say it: how impressions are sold, and who pays for them. */

/** How impressions are sold. */
export interface AuctionSpec {
  mechanism: 'first-price' | 'second-price' | 'gsp' | 'vcg';
  /** What a bid is for, and what is paid for. */
  unit: 'impression' | 'click';
  reserveUsd: number; // [USD per `unit`] lower bids do not take part
}

/** Who pays for ads, and what for. */
export interface CampaignSpec {
  name: string;
  /** [USD] for the whole episode; Infinity where there is no limit. */
  budgetUsd: number;
  /** [USD per day of 24 h]; Infinity where there is no limit. */
  dailyBudgetUsd: number;
  /** [USD] what a click is worth to the campaign, conversions apart. */
  valuePerClickUsd: number;
}
