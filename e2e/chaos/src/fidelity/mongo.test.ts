import { keeps } from "./contract.ts";
import { DOCUMENT_VISIBILITY } from "./document-visibility.ts";
import { withinSimulatedMongo } from "./simulated-mongo.ts";
import { STAMPS } from "./stamps.ts";
import { UNKNOWN_COMMIT } from "./unknown-commit.ts";
import { WALK_AT_T } from "./walk-at-t.ts";

keeps("what transactions see", DOCUMENT_VISIBILITY, withinSimulatedMongo);
keeps("unknown commits", UNKNOWN_COMMIT, withinSimulatedMongo);
keeps("stamps and the stream", STAMPS, withinSimulatedMongo);
keeps("the walk at T", WALK_AT_T, withinSimulatedMongo);
