from setuptools import setup

setup(
    name="legacy",
    version="2.3.0",
    description="Counts who comes by, as it has done for years",
    author="Legacy Team",
    author_email="legacy@example.org",
    maintainer="Legacy Team",
    maintainer_email="legacy@example.org",
    url="https://example.org/legacy",
    license="MIT",
    py_modules=["legacy"],
    entry_points={"console_scripts": ["legacy-server = legacy:main"]},
)
