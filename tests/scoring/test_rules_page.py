"""docs/rules.md is what the code says."""

from django.core.management import call_command


def test_the_printed_rules_are_up_to_date() -> None:
    call_command("print_rules", "--check")
