/**
 * Everything that must hold: types, lint, format, unused code, then the test suites. Prints what each says as it
 * comes, then the name of each test that failed, and as its last line `N passed, N failed`; the exit code is not 0 if
 * anything failed.
 * Suites are named to run only those: node scripts/test.js unit e2e
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const suites = process.argv.length > 2 ? process.argv.slice(2) : ["unit", "e2e", "real"];
const folder = mkdtempSync(join(tmpdir(), "venvdeb-results-"));
try {
  const results = [runCheck(), ...suites.map(runSuite)];
  const passed = sum(results.map((result) => result.passed));
  const failed = sum(results.map((result) => result.failed));
  for (const name of results.flatMap((result) => result.failures)) console.log(`failed: ${name}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** The check counts as one test. */
function runCheck() {
  const succeeded = run("npm", ["run", "--silent", "check"]);
  return succeeded
    ? { passed: 1, failed: 0, failures: [] }
    : { passed: 0, failed: 1, failures: ["npm run check"] };
}

function runSuite(suite) {
  const report = join(folder, `${suite}.json`);
  const vitest = ["vitest", "run", "--project", suite];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  // Machines, other users and clocks are root's business.
  const asRoot =
    suite !== "unit" && process.getuid() !== 0
      ? ["sudo", "--preserve-env", "env", `PATH=${process.env.PATH}`]
      : [];
  const [command, ...args] = [...asRoot, "npx", ...vitest, ...reporters];
  const succeeded = run(command, args);
  const { numPassedTests, numTotalTests, testResults } = readReport(report);
  const failed = numTotalTests - numPassedTests;
  // A suite that ends badly without a failed test (it did not start, an error outside of tests) is one failure.
  if (failed === 0 && !succeeded)
    return { passed: numPassedTests, failed: 1, failures: [`the suite ${suite}`] };
  return { passed: numPassedTests, failed, failures: testResults.flatMap(notPassed) };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { numPassedTests: 0, numTotalTests: 0, testResults: [] };
  }
}

function notPassed({ name: file, assertionResults }) {
  return assertionResults
    .filter(({ status }) => status !== "passed")
    .map(({ fullName, failureMessages }) => `${file}: ${fullName}\n  ${firstLine(failureMessages)}`);
}

function firstLine(messages = []) {
  return (messages[0] ?? "").split("\n", 1)[0];
}

function run(command, args) {
  console.log(`\n> ${command} ${args.join(" ")}`);
  return spawnSync(command, args, { stdio: "inherit" }).status === 0;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
