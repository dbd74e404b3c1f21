-- Changes that a ticket names, but that its approval did not cover when they happened: not yet or not any more approved, another secret,
-- another action, outside its window, approved by whoever made the change, or used up (A-23).
SELECT event_time, event_name, secret_name, account, region, actor, verdict, ticket, reasons, event_id
FROM secret_changes
WHERE verdict IN ('unapproved', 'wrong-ticket', 'self-approved', 'late-approval')
ORDER BY event_time, event_id;
