<?php
// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
//
// The portal: what is on, read from the guide database through its virtual host name. While the database moves, the answer is an
// honest 503; what is not made on request (segments, play lists) is served all the same.
declare(strict_types=1);
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);

try {
    $database = mysqli_init();
    $database->options(MYSQLI_OPT_CONNECT_TIMEOUT, 1);
    $database->options(MYSQLI_OPT_READ_TIMEOUT, 1);
    $database->real_connect('iptv-db.iptv.example', 'iptv', 'iptv', 'iptv');
    $rows = $database->query(
        'SELECT c.name, p.title, p.description, p.start_at FROM programme p JOIN channel c ON c.id = p.channel'
        . ' ORDER BY p.start_at, c.name LIMIT 40')->fetch_all(MYSQLI_ASSOC);
} catch (mysqli_sql_exception $e) {
    http_response_code(503);
    header('Retry-After: 2');
    exit('The programme guide is not available at the moment.');
}
header('Cache-Control: no-store');
?>
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>IPTV portal</title></head>
<body>
<h1>Programme guide</h1>
<p><a href="/live/index.m3u8">Watch the test channel</a></p>
<table>
<?php foreach ($rows as $row): ?>
<tr><td><?= htmlspecialchars($row['start_at']) ?></td><td><?= htmlspecialchars($row['name']) ?></td>
<td><?= htmlspecialchars($row['title']) ?></td><td><?= htmlspecialchars($row['description']) ?></td></tr>
<?php endforeach ?>
</table>
<p>End of the guide.</p>
</body>
</html>
