-- Changes that no ticket names, not even one that is not approved (A-22, A-23).
SELECT event_time, event_name, secret_name, account, region, actor, event_id, explanation, finding
FROM secret_changes
WHERE verdict = 'no-ticket'
ORDER BY event_time, event_id;
