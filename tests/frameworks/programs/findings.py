"""A diagnosis comes in, its findings and facts go out as plain values for JSON."""


def told(diagnosis):
    """Findings and facts as plain values."""

    def plain(finding):
        return {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "certainty": finding.certainty.value,
            "title": finding.title,
            "message": finding.message,
            "causes": [f"{c.text} | {c.why}" for c in finding.causes],
            "explains": [plain(f) for f in finding.explains],
        }

    return {
        "findings": [plain(f) for f in diagnosis.findings],
        "failures": list(diagnosis.failures),
        "metrics": list(diagnosis.run.metrics),
        "facts": diagnosis.run.facts.known(),
        "origins": sorted(set(diagnosis.run.facts.origins.values())),
    }
