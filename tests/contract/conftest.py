"""What contract tests run over: every agenda and every CRM file there is, and the demo's flows."""

from pohoda_bridge.catalogue import open_catalogue

CATALOGUE = open_catalogue()
AGENDAS = sorted(CATALOGUE.agendas)
CARRIED = [(crm, agenda) for crm in sorted(CATALOGUE.crms) for agenda in sorted(CATALOGUE.crms[crm].agendas)]
FLOWS = [(flow.agenda.agenda, flow.direction) for flow in CATALOGUE.flows("gram")]
