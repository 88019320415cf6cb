"""The compiled tests of the exporter and the JDK to run them with, for the proofs."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLASSES = ["exporter/target/test-classes", "exporter/target/classes", "simulator/target/classes"]


def java():
    """The JDK 25 that the build takes: its folder."""
    named = [os.environ[name] for name in ("JAVA25_HOME", "JAVA_HOME") if os.environ.get(name)]
    installed = sorted(Path("/usr/lib/jvm").glob("*"))
    for home in [*map(Path, named), *installed]:
        release = home / "release"
        if release.is_file() and re.search(r'JAVA_VERSION="25[."]', release.read_text()):
            return home
    sys.exit("JDK 25 is missing: install one (Debian: temurin-25-jdk) or set JAVA25_HOME")


def class_path():
    """Compiles program and tests as the build does; the class path of the tests."""
    libraries = ROOT / "exporter/target/proof.classpath"
    subprocess.run(
        ["mvn", "-q", "-B", "-f", ROOT, "-pl", "exporter", "-am", "test-compile"]
        + ["dependency:build-classpath", f"-Dmdep.outputFile={libraries}"]
        + ["-Dmdep.excludeArtifactIds=sentry_simulator"],
        check=True,
        stdout=sys.stderr,
    )
    return ":".join([*(str(ROOT / each) for each in CLASSES), libraries.read_text()])
