import { VenvdebError } from "../../errors.ts";

export function missingObject(url: string, path: string): VenvdebError {
  return new VenvdebError("REPO_OBJECT_MISSING", `Cannot read "${path}" of ${url}: it is not there`, {
    hint: "`venvdeb repo verify` lists all that is missing",
  });
}
