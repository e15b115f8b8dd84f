const mainFunction = `
import colorama

def main():
    print("tiny says hello" if colorama.Fore.RED else "")
`;

/** Files of a project, by their path. */
type ProjectFiles = Readonly<Record<string, string>>;

/** One ordinary project for each way to say how it is built; each has the command `tiny`. */
export const tinyProjects: Readonly<Record<string, ProjectFiles>> = {
  setuptools: withBackend("setuptools>=77", "setuptools.build_meta", "tiny"),
  hatchling: withBackend("hatchling", "hatchling.build", "src/tiny"),
  "flit-core": withBackend("flit-core>=3.11", "flit_core.buildapi", "tiny"),
  "poetry-core": withBackend("poetry-core>=2", "poetry.core.masonry.api", "src/tiny"),
  "pdm-backend": withBackend("pdm-backend", "pdm.backend", "src/tiny"),
  "poetry's own table": {
    "pyproject.toml": `
[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"

[tool.poetry]
name = "tiny"
version = "1.2.0"
description = "Says what it is"
authors = ["Tiny Team <tiny@example.org>"]

[tool.poetry.dependencies]
python = ">=3.11"
colorama = "*"

[tool.poetry.scripts]
tiny = "tiny:main"
`,
    ...sources("tiny"),
  },
  maturin: {
    "pyproject.toml": `
[build-system]
requires = ["maturin>=1.7,<2"]
build-backend = "maturin"

[project]
name = "tiny"
version = "1.2.0"
description = "Says what it is"
requires-python = ">=3.11"
authors = [{ name = "Tiny Team", email = "tiny@example.org" }]

[tool.maturin]
bindings = "bin"
`,
    "Cargo.toml": '[package]\nname = "tiny"\nversion = "1.2.0"\nedition = "2021"\n',
    "src/main.rs": 'fn main() {\n    println!("tiny says hello");\n}\n',
  },
  "setup.cfg and setup.py": {
    "setup.py": "from setuptools import setup\nsetup()\n",
    "setup.cfg": `
[metadata]
name = tiny
version = 1.2.0
description = Says what it is
author = Tiny Team
author_email = tiny@example.org

[options]
packages = tiny
install_requires = colorama

[options.entry_points]
console_scripts = tiny = tiny:main
`,
    ...sources("tiny"),
  },
  "setup.py alone": {
    "setup.py": `
from setuptools import setup

setup(
    name="tiny",
    version="1.2.0",
    description="Says what it is",
    author="Tiny Team",
    author_email="tiny@example.org",
    packages=["tiny"],
    install_requires=["colorama"],
    entry_points={"console_scripts": ["tiny = tiny:main"]},
)
`,
    ...sources("tiny"),
  },
  "requirements.txt alone": {
    "requirements.txt": "colorama>=0.4\n",
    "tiny.py": `#!/opt/tiny/bin/python\n${mainFunction}\nmain()\n`,
    "venvdeb.toml": `
name = "tiny"
version = "1.2.0"
maintainer = "Tiny Team <tiny@example.org>"
description = "Says what it is"

[files]
"/usr/bin/tiny" = { source = "tiny.py", mode = "0755" }
`,
  },
};

function withBackend(requirement: string, backend: string, folder: string): ProjectFiles {
  return {
    "pyproject.toml": `
[build-system]
requires = ["${requirement}"]
build-backend = "${backend}"

[project]
name = "tiny"
version = "1.2.0"
description = "Says what it is"
requires-python = ">=3.11"
authors = [{ name = "Tiny Team", email = "tiny@example.org" }]
dependencies = ["colorama"]

[project.scripts]
tiny = "tiny:main"
`,
    ...sources(folder),
  };
}

function sources(folder: string): ProjectFiles {
  return { [`${folder}/__init__.py`]: `"""Says what it is."""\n${mainFunction}` };
}
