"""sandbox up: a POHODA and CRMs with memory, on loopback; sandbox act: what a person does there."""

import sys

import click


@click.group(help="A POHODA and CRMs to try everything on.")
def sandbox() -> None:
    pass


@sandbox.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    help="Start the sandbox on loopback; prints one JSON line when it is ready.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def up(arguments: tuple[str, ...]) -> None:
    from pohoda_sandbox.up import main

    sys.exit(main(list(arguments)))


@sandbox.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    help="Pay an invoice, move stock, edit a record or close a VAT period in a sandbox's POHODA, as a person would.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def act(arguments: tuple[str, ...]) -> None:
    from pohoda_sandbox.act import main

    sys.exit(main(list(arguments)))
