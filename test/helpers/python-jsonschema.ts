import { execa } from "execa";

const SCRIPT = `
import json, sys
from jsonschema import Draft7Validator
schema, values = json.load(sys.stdin)
Draft7Validator.check_schema(schema)
json.dump([Draft7Validator(schema).is_valid(value) for value in values], sys.stdout)
`;

/** Whether Python's jsonschema finds each value valid; fails when the schema itself is not valid draft 7. */
export async function pythonJsonschema(schema: unknown, values: readonly unknown[]): Promise<boolean[]> {
  const { stdout } = await execa("/usr/bin/python3", ["-c", SCRIPT], {
    input: JSON.stringify([schema, values]),
  });
  const verdicts: boolean[] = JSON.parse(stdout);
  return verdicts;
}
