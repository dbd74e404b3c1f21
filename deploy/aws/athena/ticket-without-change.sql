-- Tickets that were approved and that no change rests on: approvals that nobody used (A-23).
SELECT t.ticket, min(t.status_since) AS approved_since, min(t.status_by) AS approver
FROM secret_tickets t
LEFT JOIN secret_changes c ON c.ticket = t.ticket AND c.verdict = 'authorised'
WHERE t.status = 'Approved' AND c.event_id IS NULL
GROUP BY t.ticket
ORDER BY t.ticket;
