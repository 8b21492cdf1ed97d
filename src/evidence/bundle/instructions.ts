import { FORMS_WITHOUT_VALUES } from '../verify/extent.ts';
import { periodText } from './period.ts';
import { BUNDLE_FILES, type BundleTerms } from './terms.ts';

/** How to verify a bundle with OpenSSL and the usual programs alone. The commands are run by a test. */
export function instructions(terms: BundleTerms): string {
  const { from, until, drill, withoutValues } = terms;
  const files = withoutValues
    ? 'The whole reports are not in this bundle: `sha256sum` passes over what is left out, and compares what is here.'
    : 'The manifest of a run names the SHA-256 of each of its files.';
  const reportFile = withoutValues ? FORMS_WITHOUT_VALUES.json : 'report.json';
  const check = `sha256sum --check --quiet --strict${withoutValues ? ' --ignore-missing' : ''}`;
  // Of a run of before the ledger there is no manifest, and so nothing that could be compared without its whole report.
  const may = withoutValues ? '[ "$manifest" = null ] || ' : '';
  const ofDrill = drill === null ? '' : ` && $1 == "${drill}"`;
  return `# How to verify this bundle

It holds the restore drills of ${periodText(terms)}${drill === null ? '' : ` of the drill ${drill}`}. With pgdrill, give \`drill evidence verify\` the file or this
directory. Without it, OpenSSL 3 and a shell are enough. Go to this directory and type \`sh\`: a shell of its own. Then run these
commands in it, one block after the other. A block that finds something says what, and ends that shell. A block that says nothing
has found nothing.

## 1. Nothing in this directory was changed since it was made

${sh(String.raw`work=$(mktemp -d)
sha256sum --check --quiet --strict ${BUNDLE_FILES.sums} || exit 1
find . ! -type d ! -path ./${BUNDLE_FILES.sums} ! -path ./${BUNDLE_FILES.statement} | sed 's/^..//' | LC_ALL=C sort > "$work/there"
sed 's/^[0-9a-f]*  //' ${BUNDLE_FILES.sums} | LC_ALL=C sort | diff - "$work/there" ||
  { echo 'files are here that are not in ${BUNDLE_FILES.sums}'; exit 1; }`)}

This alone shows that the copy is whole, not who made it.

## 2. The keys

Each public key lies in \`keys/\`. Compare this with what you were given by other means: whoever changes evidence can put a key
there.

${sh(`for key in keys/*.pub; do
  [ -e "$key" ] || continue
  openssl pkey -pubin -in "$key" -outform DER | sha256sum | cut -c 1-64
done`)}

This function checks the signature of a statement with the key that it names, and that it is a statement of the kind that is
asked for, and prints what it says:

${sh(String.raw`statement() {
  key=keys/$(sed -n 's/^ *"keyid": "\([0-9a-f]*\)",$/\1/p' "$1" | head -n 1).pub
  sed -n 's/^  "payload": "\(.*\)",$/\1/p' "$1" | base64 -d > "$work/body" &&
    sed -n 's/^ *"sig": "\(.*\)"$/\1/p' "$1" | head -n 1 | base64 -d > "$work/signature" &&
    printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(wc -c < "$work/body")" | cat - "$work/body" > "$work/signed" &&
    openssl pkeyutl -verify -rawin -pubin -inkey "$key" -in "$work/signed" -sigfile "$work/signature" > /dev/null &&
    grep -q "\"predicateType\":\"urn:pgdrill:attestation:$2:v1\",\"predicate\":{$3" "$work/body" &&
    echo "$key" >> "$work/keys" && cat "$work/body"
}`)}

Whoever made the bundle may have signed the list of its files:

${sh(`if [ -e ${BUNDLE_FILES.statement} ]; then
  statement ${BUNDLE_FILES.statement} bundle > "$work/bundle" || { echo 'the signature of the bundle does not hold'; exit 1; }
  grep -q "\\"sha256\\":\\"$(sha256sum ${BUNDLE_FILES.sums} | cut -c 1-64)\\"" "$work/bundle" ||
    { echo '${BUNDLE_FILES.sums} is not the list that was signed'; exit 1; }
else
  echo 'nobody has signed this bundle, so nobody vouches for ${BUNDLE_FILES.page}, ${BUNDLE_FILES.text} and these instructions'
fi`)}

## 3. Nothing is missing in the ledger

Each line of the ledger names the SHA-256 of the one before it. The part that is here begins with a line of before the period,
or with the first line of all:

${sh(String.raw`previous=$(sed -n '1s/.*"previous":\([^,]*\),"at".*/\1/p' ledger.jsonl)
while IFS= read -r line; do
  case $line in
    '{"v":1,"line":'*',"previous":'"$previous"',"at":'*) ;;
    *) echo "the ledger was changed before this line: $line"; exit 1 ;;
  esac
  previous="\"$(printf %s "$line" | sha256sum | cut -c 1-64)\""
done < ledger.jsonl
sed -n '1s/.*"line":\([0-9]*\),.*"at":"\([^"]*\)".*/\1 \2/p' ledger.jsonl | {
  read -r number at
  [ "$number" = 1 ] || expr "$at" '<' '${from}' > /dev/null ||
    { echo 'lines of the period may be missing at the beginning'; exit 1; }
} || exit 1`)}

The signed head of the ledger names the last of its lines, and no signed run is behind that. Without it, anybody can have made
the ledger:

${sh(String.raw`[ -e ledger.head.dsse.json ] || { echo 'the ledger is not signed: nobody vouches for any of this'; exit 1; }
statement ledger.head.dsse.json ledger-head > "$work/head" || { echo 'the signature of the ledger does not hold'; exit 1; }
lines=$(sed 's/.*"lines":\([0-9]*\).*/\1/' "$work/head")
last=$(grep "^{\"v\":1,\"line\":$lines," ledger.jsonl | tr -d '\n' | sha256sum | cut -c 1-64)
grep -q "\"sha256\":\"$last\"" "$work/head" || { echo 'the end of the ledger was cut off or changed'; exit 1; }
newest=$(sed -n 's/^{"v":1,"line":\([0-9]*\),.*"kind":"ended".*"key":"[0-9a-f]*"}$/\1/p' ledger.jsonl | tail -n 1)
[ "0$newest" -le "$lines" ] || { echo 'the signature of the ledger is older than its last signed run'; exit 1; }`)}

The runs of each drill are numbered without a gap:

${sh(String.raw`sed -n -e 's/.*"kind":"begun","drill":"\([^"]*\)","run":"\([^"]*\)","number":\([0-9]*\),.*/\1 \2 \3/p' \
  -e 's/.*"kind":"ended","drill":"\([^"]*\)","run":"\([^"]*\)","number":\([0-9]*\),"recorded":"adopted".*/\1 \2 \3/p' \
  ledger.jsonl > "$work/numbers"
awk '($1 in last) && $3 != last[$1] + 1 { print "a run is missing before " $1 "/" $2; wrong = 1 }
  { last[$1] = $3 } END { exit wrong }' "$work/numbers" || exit 1`)}

## 4. Each run of the period is here, as it was signed

The ledger names the SHA-256 of the report and of the manifest of each run, and so does the statement over the run. ${files} Once
runs of a drill are signed, those after them have to be.

${sh(String.raw`sed -n 's/.*"kind":"ended","drill":"\([^"]*\)","run":"\([^"]*\)",.*,"report":"\([0-9a-f]*\)","manifest":"*\([0-9a-z]*\)"*,"key":"*\([0-9a-z]*\)"*}$/\1 \2 \3 \4 \5/p' ledger.jsonl |
  awk '{ need = $5 != "null" || ($1 in signs) } $5 != "null" { signs[$1] = 1 }
    $2 >= "${runStamp(from)}" && $2 < "${runStamp(until)}"${ofDrill} { print $1, $2, $3, $4, need ? "signed" : "-" }' > "$work/ended"
while read -r drill run report manifest is; do
  folder=$drill/$run
  [ -e "$folder/${reportFile}" ] || { echo "the run $folder is missing"; exit 1; }
  echo "$report  report.json" > "$work/digests"
  if [ "$manifest" != null ]; then
    echo "$manifest  manifest.json" >> "$work/digests"
    sed -n 's/^ *"file": "\(.*\)",$/\1/p' "$folder/manifest.json" > "$work/names"
    sed -n 's/^ *"sha256": "\(.*\)",$/\1/p' "$folder/manifest.json" | paste -d '*' - "$work/names" |
      sed 's/\*/  /' >> "$work/digests"
  fi
  if [ "$is" = signed ] || [ -e "$folder/manifest.dsse.json" ]; then
    statement "$folder/manifest.dsse.json" restore-drill "\"drill\":\"$drill\",\"runId\":\"$run\"," > "$work/said" ||
      { echo "the signature of $folder does not hold, or is that of another run"; exit 1; }
    grep -o '"name":"[^"]*","digest":{"sha256":"[^"]*"' "$work/said" |
      sed 's/"name":"\(.*\)","digest":{"sha256":"\(.*\)"/\2  \1/' >> "$work/digests"
  fi
  ${may}(cd "$folder" && ${check} "$work/digests") || { echo "$folder was changed"; exit 1; }
done < "$work/ended"`)}

What those have said who looked at a run is on record as well, and each of their statements is here:

${sh(String.raw`sed -n 's/.*"kind":"signed-off","drill":"\([^"]*\)","run":"\([^"]*\)",.*"statement":"\([0-9a-f]*\)",.*/\1 \2 \3/p' ledger.jsonl |
  awk '$2 >= "${runStamp(from)}" && $2 < "${runStamp(until)}"${ofDrill} { print $3 "  " $1 "/" $2 }' > "$work/reviews"
for signed in */*/sign-off.*.dsse.json; do
  [ -e "$signed" ] || continue
  run=$(dirname "$signed")
  statement "$signed" sign-off > /dev/null || { echo "the signature of $signed does not hold"; exit 1; }
  echo "$(sha256sum "$signed" | cut -c 1-64)  $run" >> "$work/found"
done
sort "$work/reviews" > "$work/recorded"
touch "$work/found"
sort "$work/found" | diff "$work/recorded" - || { echo 'what was said of these runs is not what is on record'; exit 1; }`)}

That was all. These keys have signed what is here. Compare them with those of step 2 that you trust:

${sh(String.raw`echo 'everything holds; signed with:'
sort -u "$work/keys"
rm -r "$work"`)}

What these commands cannot see: whoever holds the private key can sign other evidence, and the end of the ledger can be cut off
together with its signed head. Anchors that were kept elsewhere show that: \`lines\` and \`sha256\` of an anchor have to be those of
a line of \`ledger.jsonl\`.
`;
}

function sh(commands: string): string {
  return `\`\`\`sh\n${commands}\n\`\`\``;
}

/** A moment as the ids of runs have it: `20261101T000000Z`. */
function runStamp(stamp: string): string {
  return `${stamp.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
