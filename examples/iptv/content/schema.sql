-- Copyright The MetalHA Authors
-- SPDX-License-Identifier: Apache-2.0
CREATE DATABASE IF NOT EXISTS iptv;
CREATE USER IF NOT EXISTS iptv@'%' IDENTIFIED BY 'iptv';
GRANT ALL ON iptv.* TO iptv@'%';
USE iptv;
DROP TABLE IF EXISTS programme;
DROP TABLE IF EXISTS channel;
CREATE TABLE channel (id VARCHAR(32) PRIMARY KEY, name VARCHAR(100) NOT NULL) ENGINE=InnoDB;
CREATE TABLE programme (
    channel VARCHAR(32) NOT NULL,
    start VARCHAR(20) NOT NULL,
    stop VARCHAR(20) NOT NULL,
    title VARCHAR(200) NOT NULL,
    description TEXT NOT NULL,
    start_at DATETIME AS (STR_TO_DATE(LEFT(start, 14), '%Y%m%d%H%i%s')) STORED,
    PRIMARY KEY (channel, start),
    FOREIGN KEY (channel) REFERENCES channel (id)
) ENGINE=InnoDB;
LOAD XML LOCAL INFILE '/tmp/guide.xml' INTO TABLE channel ROWS IDENTIFIED BY '<channel>' (id, @`display-name`)
    SET name = @`display-name`;
LOAD XML LOCAL INFILE '/tmp/guide.xml' INTO TABLE programme ROWS IDENTIFIED BY '<programme>'
    (channel, start, stop, title, @`desc`) SET description = @`desc`;
