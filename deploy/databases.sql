-- MariaDB's image creates analytics_api and the account; this adds the database of the figures.
CREATE DATABASE IF NOT EXISTS reports CHARACTER SET utf8mb4;
GRANT ALL PRIVILEGES ON reports.* TO 'analytics'@'%';
