#!/usr/bin/env bash
# Installs the stand-in for a MongoDB server that the tests use where there is no real one: mongo-java-server from
# Maven Central, in memory, with change streams. It needs a JDK of 17 or later and Maven. Everything goes into a cache
# outside the repository; a second call does nothing. Prints the class path.
#
#   MONGODB_STAND_IN_CLASSPATH="$(bash test/support/mongodb-server.sh)"
set -eu
cache="${BIGCHAINDB_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bigchaindb-server-test}"
folder="$cache/mongo-java-server-1.47.0"
if [ ! -f "$folder/complete" ]; then
  command -v java >/dev/null && command -v mvn >/dev/null || {
    echo 'no JDK or no Maven' >&2
    exit 1
  }
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  cat >"$work/pom.xml" <<'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>stand-in</groupId>
  <artifactId>stand-in</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>de.bwaldvogel</groupId>
      <artifactId>mongo-java-server</artifactId>
      <version>1.47.0</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>2.0.17</version>
    </dependency>
  </dependencies>
</project>
POM
  mkdir -p "$folder"
  mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder" >&2
  touch "$folder/complete"
fi
echo "$folder/*"
