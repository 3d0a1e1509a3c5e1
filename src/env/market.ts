/**
 * The market: n user sessions side by side. A tick is one request in each:
 *
 *     arrival → eligibility → decision (the agents') → auction → examination → click → conversion, maybe later
 *             → satisfaction, fatigue, drift → leave or go on
 */
import type { Creatives, Decisions, Environment, Outcomes, TrueRequests } from '../core/contracts.ts';
import { randomFrom } from '../core/random.ts';
import { appealOf } from './appeal.ts';
import { arrivalsOf } from './arrivals.ts';
import { behaviourOf } from './behaviour.ts';
import { campaignsOf } from './campaigns.ts';
import { drawCatalogue } from './catalogue.ts';
import { clockOf } from './clock.ts';
import type { WorldConfig } from './config.ts';
import { delaysOf } from './delays.ts';
import { driftOf } from './drift.ts';
import { eligibilityOf } from './eligibility.ts';
import { examinationOf } from './examination.ts';
import { fatigueOf } from './fatigue.ts';
import { tires } from './hidden.ts';
import { lanesOf } from './lanes.ts';
import { layoutOf } from './observation.ts';
import { auctionedPage, ownPage } from './page.ts';
import { promotionsOf } from './promotions.ts';
import { pursesOf } from './purses.ts';
import { responseOf } from './response.ts';
import type { Response } from './response.ts';
import { rivalsOf } from './rivals.ts';
import { satisfactionOf } from './satisfaction.ts';
import { servingOf } from './serving.ts';
import { checkCreatives, specOf } from './spec.ts';
import { truthOf } from './truth.ts';
import { drawUsers, segmentCount, segmentMeansOf, usersOf } from './users.ts';

/**
 * A world of this config, showing these creatives, in which so many players compete; call `reset` before the first
 * `observe`. It never ends by itself. Throws `InputError` for creatives it cannot show.
 */
export function market(config: WorldConfig, creatives: Creatives, players = 1): Environment {
  checkCreatives(config, creatives);
  if (players > 1 && !config.auction) {
    throw new RangeError(`market: ${players} players need an auction to compete in; set world.auction`);
  }
  const n = config.lanes;
  const clock = clockOf(config);
  const examination = examinationOf(config);
  const campaigns = campaignsOf(config, creatives);
  const { actions } = campaigns;
  const k = actions.size;
  const layout = layoutOf(config);
  const spec = specOf(config, creatives, campaigns, layout.names, players);
  const users = usersOf(config);
  const behaviour = behaviourOf(config);
  const fatigue = tires(config) ? fatigueOf(config, creatives.size) : undefined;
  const drift = driftOf(config, segmentCount(config));
  const satisfaction = satisfactionOf(config, creatives);
  const promotions = promotionsOf(config, actions);
  const purses = pursesOf(players, campaigns.specs, campaigns.configs, clock);
  const leastUsd = config.auction ? config.auction.reserveUsd : config.costPerImpressionUsd;
  const eligibility = eligibilityOf(campaigns, players, purses, leastUsd);
  const rivals = config.auction ? rivalsOf(config.auction, config.categories, n, config.page.slots + 1) : undefined;
  const delays = delaysOf(config);
  const arriving = arrivalsOf(config.users, n);
  const parts = { config, creatives, campaigns, eligibility, purses, behaviour, fatigue, drift, satisfaction };
  const lanes = lanesOf({ ...parts, spec, layout, users, promotions });
  const appeal = appealOf(players, n, config.page.slots, lanes.hidden.data, spec.hiddenSize);
  const page = rivals ? auctionedPage(parts, players, examination, rivals, appeal) : ownPage(parts);
  const serving = servingOf({ ...parts, players, lanes, page, appeal, examination, delays, rivals });
  const truth = truthOf({ config, campaigns, examination, delays }, started);

  let tick = 0;
  let response: Response | undefined;
  const environment: Environment = {
    spec,
    actions,
    truth,
    reset,
    observe,
    step,
    ...(rivals && { minimumToWin: serving.minimumToWin }),
  };
  return environment;

  function reset(seed: string, luck = ''): void {
    const random = randomFrom(seed).stream('world');
    const chance = luck === '' ? random : random.stream('luck', luck);
    const catalogue = drawCatalogue(config, creatives, random);
    const means = segmentMeansOf(config, catalogue, random);
    const atFirst = new Float64Array(segmentCount(config) * config.population.latentDimensions);
    means(0, atFirst);
    drawUsers(config, atFirst, random, users);
    const arrivals = arriving.draw(users.activity, chance);
    response = responseOf({ config, creatives, campaigns, promotions, catalogue, users, arrivals, random });
    behaviour.begin(catalogue, users, random);
    fatigue?.begin();
    drift?.begin(users, means, random);
    satisfaction.begin();
    purses.begin();
    eligibility.begin(users);
    rivals?.begin(random);
    serving.begin(response, catalogue, chance);
    lanes.begin(arrivals);
    tick = 0;
    advance();
    lanes.open();
  }

  function observe(out: TrueRequests, player = 0): boolean {
    started();
    out.size = n;
    const first = tick * n;
    for (let i = 0; i < n; i++) out.impression[i] = first + i;
    out.hour.fill(lanes.hour(), 0, n);
    lanes.copy(out);
    eligibility.fill(player, lanes.sessions.user, out.eligible);
    return true;
  }

  function step(requests: TrueRequests, decisions: readonly Decisions[], outcomes: readonly Outcomes[]): void {
    started();
    if (decisions.length !== players || outcomes.length !== players) {
      throw new RangeError(
        `market: ${decisions.length} agents compete for one market; this world takes exactly ${players}`,
      );
    }
    if (requests.size !== n || requests.impression[0] !== tick * n) {
      throw new RangeError('market: step was given other requests than observe filled last');
    }
    refuseUnknown(decisions);
    serving.serve(tick * n, decisions, outcomes);
    tick++;
    advance();
    serving.deliver(lanes.hour(), outcomes);
    lanes.next(outcomes);
  }

  function refuseUnknown(decisions: readonly Decisions[]): void {
    const L = config.page.slots;
    for (const { action } of decisions) {
      for (let c = 0; c < n * L; c++) {
        const a = action[c];
        if (!(a >= -1 && a < k)) {
          throw new RangeError(`market: row ${Math.floor(c / L)} shows action ${a}; there are ${k}`);
        }
      }
    }
  }

  /** The moment of the present tick. */
  function advance(): void {
    const hour = clock.hourAt(tick);
    lanes.advance(hour);
    purses.advance(hour);
    eligibility.advance(hour);
    rivals?.advance(hour);
  }

  function started(): Response {
    if (!response) throw new Error('market: call reset(seed) first');
    return response;
  }
}
