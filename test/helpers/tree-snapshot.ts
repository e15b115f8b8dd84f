/** What tests compare trees with is what `venvdeb rehearse` compares them with. */
export {
  accountDatabases,
  diffSnapshots,
  snapshotTree,
  type TreeSnapshot,
} from "../../src/rehearse/snapshot.ts";
