# Prints the samples of a page of metrics, one a line and sorted, as the reference parser reads
# them; fails on a page that it refuses. Reads the page from standard input.
# Usage: samples.py openmetrics|text
import sys

if sys.argv[1] == "openmetrics":
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
else:
    from prometheus_client.parser import text_string_to_metric_families

lines = []
for family in text_string_to_metric_families(sys.stdin.read()):
    for sample in family.samples:
        labels = ",".join('%s="%s"' % label for label in sorted(sample.labels.items()))
        lines.append("%s{%s} %r" % (sample.name, labels, float(sample.value)))
print("\n".join(sorted(lines)))
