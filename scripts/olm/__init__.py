"""The bundle for the Operator Lifecycle Manager (OLM), written from the chart, the CRD and the examples."""
