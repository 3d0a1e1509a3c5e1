/** Every estimator of the registry keeps the contract. */
import { estimatorContract } from '../contracts/estimator.ts';
import { ESTIMATORS } from '../../src/ope/registry.ts';

for (const { name, make } of ESTIMATORS) estimatorContract(name, make);
