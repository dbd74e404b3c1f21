#!/bin/sh
# Creates the namespace TEMPORAL_NAMESPACE, or corrects its retention; may be repeated. Runs in temporalio/admin-tools.
# 90 days: ids are unique for as long as closed runs are kept.
set -eu

retention=90d

temporal operator cluster health
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
fi
