GET /page.js HTTP/1.1
Host: a

