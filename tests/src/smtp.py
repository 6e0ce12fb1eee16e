"""An SMTP server on loopback for the tests (aiosmtpd). Every mail it accepts becomes a JSON file, decoded by Python's own
mail parser. A line of the file `answers` is used up by each recipient that is named: that answer instead of 250.
Arguments: folder, port, certificate, key, user, password (empty: without). Ends when standard input closes."""

import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, port, certificate, key, user, password = sys.argv[1:7]
answers = os.path.join(folder, "answers")
count = len([name for name in os.listdir(folder) if name.endswith(".json")])


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if os.path.exists(answers):
            lines = open(answers, encoding="utf-8").read().splitlines()
            if lines:
                with open(answers, "w", encoding="utf-8") as rest:
                    rest.write("".join(line + "\n" for line in lines[1:]))
                return lines[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        count += 1
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        value = {
            "recipients": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "names": [name.lower() for name in mail.keys()],
            "content_type": mail.get_content_type() + "; " + str(mail.get_content_charset()),
            "text": mail.get_content().replace("\r\n", "\n"),
            "raw": envelope.content.decode("ascii"),
            "tls": session.ssl is not None,
            "authenticated": bool(session.authenticated),
        }
        path = os.path.join(folder, f"{count:04}.json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(value, file)
        os.rename(path + ".new", path)
        return "250 accepted"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == (user, password)
    return AuthResult(success=good, handled=False)


async def main():
    options = {"enable_SMTPUTF8": False, "hostname": "localhost"}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        options |= {"tls_context": context, "require_starttls": True}
    if user:
        options |= {"authenticator": authenticate, "auth_required": True}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), **options), "127.0.0.1", int(port))
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
