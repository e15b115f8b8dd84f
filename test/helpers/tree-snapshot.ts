/** What tests compare trees with is what `venvdeb rehearse` compares them with. */
export { diffSnapshots, leftovers, snapshotTree, type TreeSnapshot } from "../../src/rehearse/snapshot.ts";
