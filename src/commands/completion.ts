import { basename } from "node:path";
import { VenvdebError } from "../errors.ts";
import { defineCommand } from "./types.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** `venvdeb completion`: a script that makes a shell complete our commands; the words come from `--get-yargs-completions`. */
export const completion = defineCommand({
  name: "completion",
  summary: "Print the completion script of a shell",
  operands: {
    name: "shell",
    describe: "Which shell",
    count: "optional",
    choices: SHELLS,
    fallback: "from $SHELL",
  },
  options: {},
  examples: [
    { command: "completion bash >> ~/.bashrc", says: "Complete in bash" },
    { command: "completion zsh >> ~/.zshrc", says: "Complete in zsh" },
    { command: "completion fish | source", says: "Complete in this fish" },
  ],
  handler: ({ operands, context }) => {
    const asked = operands[0] ?? basename(context.host.env["SHELL"] ?? "");
    const shell = SHELLS.find((name) => name === asked);
    if (shell === undefined) throw unknownShell(asked);
    context.write(SCRIPTS[shell]);
    return Promise.resolve(0);
  },
});

function unknownShell(asked: string): VenvdebError {
  return new VenvdebError(
    "USAGE_INVALID",
    `Cannot write a completion script for "${asked}": it is not known (bash, zsh or fish is wanted)`,
    { exitCode: 2, hint: "venvdeb completion bash" },
  );
}

/** Each asks venvdeb for the words that may follow; with none, the shell completes names of files. */
const SCRIPTS = {
  bash: `# bash completion for venvdeb
_venvdeb() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  local words
  words=$(SHELL=/bin/bash venvdeb --get-yargs-completions "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o bashdefault -o default -F _venvdeb venvdeb
`,
  zsh: `#compdef venvdeb
_venvdeb() {
  local -a words_known
  words_known=("\${(@f)$(SHELL=/bin/zsh venvdeb --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${words_known[1]}" ]]; then
    _describe venvdeb words_known
  fi
  _files
}
if [[ "\${funcstack[1]}" = _venvdeb ]]; then
  _venvdeb "$@"
else
  compdef _venvdeb venvdeb
fi
`,
  fish: `# fish completion for venvdeb
function __venvdeb_words
  SHELL=/bin/bash venvdeb --get-yargs-completions (commandline -opc) (commandline -ct) 2>/dev/null
end
complete -c venvdeb -a "(__venvdeb_words)"
`,
} as const;
