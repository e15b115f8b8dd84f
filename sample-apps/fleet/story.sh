#!/bin/sh
# Three projects in three kinds of version control, one apt repository, and a week of their life, in one command:
#   sample-apps/fleet/story.sh [FOLDER]
# FOLDER is made, and holds everything afterwards; without it, a temporary one is used and removed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${VENVDEB:-$here/../../bin/venvdeb.js}
if [ $# -gt 0 ]; then
  mkdir "$1"
  work=$(cd "$1" && pwd)
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
# The user's own keys, caches and settings stay as they are.
export VENVDEB_CONFIG_DIR="$work/config" VENVDEB_STATE_DIR="$work/state" VENVDEB_CACHE_DIR="${VENVDEB_CACHE_DIR:-$work/cache}"
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=Jane GIT_AUTHOR_EMAIL=jane@example.org HGUSER=Jane HGRCPATH=
export GIT_COMMITTER_NAME=Jane GIT_COMMITTER_EMAIL=jane@example.org

main() {
  make_billing
  make_mailer
  make_web
  cd "$work"
  make_fleet

  tell "The first sync builds and publishes everything"
  sync_fleet
  tell "A second one has nothing to do"
  sync_fleet
  tell "One commit builds one project"
  (cd billing && sed -i 's/0\.00/0.000/' src/billing/total.py && git commit -qam "Count thousandths" && git push -q)
  sync_fleet
  tell "Why would a job run?"
  venvdeb sync fleet.toml --explain
  tell "A tag promotes to stable"
  (cd billing && git tag v1.1.0 && git push -q --tags)
  (cd mailer && sed -i 's/Dear/Hello/' src/mailer/letter.py && hg commit -qm "Be friendlier" && hg tag -m "Release" 1.1)
  svn copy -qm "Release" "file://$work/web-store/trunk" "file://$work/web-store/tags/1.1"
  sync_fleet
  tell "A branch is rewritten by force: its version still goes up"
  (cd billing && git commit -q --allow-empty -m "Wrong" && sed -i 's/owe/must pay/' README && git commit -qam "Wronger" && git push -q)
  sync_fleet
  (cd billing && git reset -q --hard HEAD~2 && sed -i 's/owe/own/' README && git commit -qam "Right" && git push -q --force)
  sync_fleet
  tell "A branch is deleted: what it published stays"
  (cd billing && git push -q origin HEAD:refs/heads/try/new)
  sync_fleet
  (cd billing && git push -q origin :refs/heads/try/new)
  sync_fleet
  tell "A commit that does not build: its error is kept, the others publish"
  (cd web && echo '[project' > pyproject.toml && svn commit -qm "Break it")
  (cd mailer && sed -i 's/Hello/Good day/' src/mailer/letter.py && hg commit -qm "Be polite")
  sync_fleet
  (cd web && cp "$here/web/pyproject.toml" . && echo '# mended' >> pyproject.toml && svn commit -qm "Mend it")
  sync_fleet
  tell "A repository cannot be reached: the others publish"
  mv mailer mailer.away
  (cd billing && echo "More." >> README && git commit -qam "Say more" && git push -q)
  sync_fleet
  mv mailer.away mailer

  tell "What there is now"
  venvdeb repo list apt testing
  venvdeb repo list apt stable
  venvdeb repo verify apt
}

make_billing() {
  git init -q --bare -b main "$work/billing.git"
  cp -r "$here/billing" "$work/billing"
  echo "What customers owe." > "$work/billing/README"
  (
    cd "$work/billing"
    git init -q -b main
    git remote add origin "$work/billing.git"
    git add -A
    git commit -qm "Begin"
    git tag v1.0.0
    git push -q --set-upstream origin main
    git push -q --tags
  )
}

make_mailer() {
  cp -r "$here/mailer" "$work/mailer"
  (cd "$work/mailer" && hg init && hg commit -qAm "Begin")
}

make_web() {
  svnadmin create "$work/web-store"
  svn mkdir -qm "Layout" "file://$work/web-store/trunk" "file://$work/web-store/branches" "file://$work/web-store/tags"
  svn checkout -q "file://$work/web-store/trunk" "$work/web"
  cp -r "$here/web/." "$work/web"
  (cd "$work/web" && svn add -q --force . && svn commit -qm "Begin" && svn update -q)
}

make_fleet() {
  tell "The repository and the fleet file"
  venvdeb repo init apt --suite testing --suite stable --origin Example --label Example
  cat > fleet.toml <<END
[repository]
url = "apt"

[defaults]
branches = { main = "testing", default = "testing", trunk = "testing", "try/*" = "testing" }
tags = { "*" = "stable" }

[[source]]
git = "billing.git"

[[source]]
hg = "mailer"

[[source]]
svn = "web-store"
name = "web"
END
  cat fleet.toml
}

# What is wrong with one project is told, and is no end of the story.
sync_fleet() {
  venvdeb sync fleet.toml || [ $? -eq 1 ]
}

venvdeb() {
  printf '$ venvdeb %s\n' "$*"
  "$program" "$@"
}

tell() {
  printf '\n== %s\n' "$1"
}

main
