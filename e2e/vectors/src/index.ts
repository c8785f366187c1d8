export { allDeeds, vectorsCount } from "./deeds.ts";
