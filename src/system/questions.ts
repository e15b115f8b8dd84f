import { formatStanza } from "../deb/stanza.ts";
import type { ControlFile } from "../deb/types.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { QuestionPlan } from "../plan/system-types.ts";
import { notesFolder } from "./generate.ts";
import { renderTemplate } from "./render-template.ts";
import type { SystemPart } from "./types.ts";

/**
 * Questions of debconf (debconf-devel(7)), asked by `config` before the files are unpacked, at their priority and
 * never where debconf is told not to. postinst writes the answers down for generated files, since a trigger must not
 * wait for debconf, and leaves debconf before anything else runs, so that no daemon holds on to it.
 */
export function contributeQuestions(plan: PackagePlan): SystemPart {
  const questions = questionsOf(plan);
  if (questions.length === 0) return { entries: [], fragments: {} };
  const lines = (template: string) =>
    questions
      .map(({ key, name, priority }) =>
        renderTemplate(`maintainer-scripts/${template}.sh.liquid`, {
          name,
          ...(template === "question-ask" ? { priority } : { assignment: `${key}=` }),
        }),
      )
      .join("");
  const config = renderTemplate("maintainer-scripts/config.sh.liquid", {
    package: plan.package.name,
    version: plan.package.version,
    questions: lines("question-ask"),
  });
  const answers = renderTemplate("maintainer-scripts/questions.postinst.sh.liquid", {
    folder: notesFolder(plan),
    answers: lines("question-answer"),
  });
  return {
    entries: [],
    fragments: { postinst: [{ origin: `answers to debconf (${ORIGIN})`, text: answers }] },
    controlFiles: [
      { name: "config", content: config, mode: 0o755 },
      { name: "templates", content: renderQuestions(questions), mode: 0o644 },
    ] satisfies ControlFile[],
    relations: { depends: ["debconf (>= 0.5) | debconf-2.0"] },
  };
}

/** At the top of postrm, which runs its blocks backwards. */
export function forgetAnswers(plan: PackagePlan): SystemPart {
  if (questionsOf(plan).length === 0) return { entries: [], fragments: {} };
  const text = renderTemplate("maintainer-scripts/questions.postrm.sh.liquid", {});
  return { entries: [], fragments: { postrm: [{ origin: `answers in debconf (${ORIGIN})`, text }] } };
}

const ORIGIN = "[tool.venvdeb.generate.<id>.questions]";

function questionsOf({ generated }: PackagePlan): QuestionPlan[] {
  return generated.flatMap(({ questions }) => questions);
}

function renderQuestions(questions: readonly QuestionPlan[]): string {
  return questions
    .map(({ name, type, choices, default: text, description, help }) =>
      formatStanza([
        ["Template", name],
        ["Type", type],
        ["Choices", choices.map((choice) => choice.replaceAll(",", String.raw`\,`)).join(", ")],
        ["Default", text],
        ["Description", help === undefined ? description : `${description}\n${help.trim()}`],
      ]),
    )
    .join("\n");
}
