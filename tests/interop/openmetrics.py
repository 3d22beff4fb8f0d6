"""Reads a page with the strict parser of OpenMetrics, and says what it found."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

page = sys.stdin.buffer.read().decode("utf-8")
families = {}
for family in text_string_to_metric_families(page):
    families[family.name] = {
        "type": family.type,
        "unit": family.unit,
        "help": family.documentation,
        "samples": [
            {
                "name": sample.name,
                "labels": sample.labels,
                "value": repr(sample.value),
                "exemplar": sample.exemplar
                and {
                    "labels": sample.exemplar.labels,
                    "value": sample.exemplar.value,
                    "timestamp": float(sample.exemplar.timestamp),
                },
            }
            for sample in family.samples
        ],
    }
json.dump(families, sys.stdout)
