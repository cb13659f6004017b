"""Ask our own web server how it is: `python -m crm.base.probe readyz` (the health check of a container)."""

import http.client
import os
import sys


def main() -> int:
    """Return 0 when the address answers 200."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    headers = {"Host": "localhost" if host in {"", "*"} else host.removeprefix("*").lstrip(".")}
    if os.environ.get("HTTPS", "") in {"1", "true", "True"}:
        headers["X-Forwarded-Proto"] = "https"
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/" + "".join(sys.argv[1:2]), headers=headers)
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
