#!/usr/bin/env bash
# The second verifier on the vectors: good journals hold, every bad seal is found.
set -euo pipefail
cd "$(dirname "$0")/../.."
v=schemas/vectors/journal
keys=(--key $v/es256.pub.pem $v/sm2.pub.pem $v/hub.pub.pem)
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cat $v/es256-segment1.ndjson $v/receipt1.ndjson $v/es256-segment2.ndjson > "$t/es256.ndjson"
cat $v/sm2-segment1.ndjson $v/sm2-segment2.ndjson > "$t/sm2.ndjson"
python3 tests/tools/verify_journal.py "$t/es256.ndjson" "$t/sm2.ndjson" "${keys[@]}"
for bad in $v/bad/*.bad_seal.ndjson; do
  if python3 tests/tools/verify_journal.py "$bad" "${keys[@]}" > /dev/null 2>&1; then echo "not found: $bad"; exit 1; fi
done
