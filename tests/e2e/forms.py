"""A browser without script: pages, their forms, and where a form leads."""
import html.parser
import http.client
import urllib.parse


class Reader(html.parser.HTMLParser):
    """The forms of a page with what stands in their fields, and its text."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.text, self.form, self.select, self.area = [], [], None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.form = {"method": at.get("method", "get"), "action": at["action"], "fields": {}}
            self.forms.append(self.form)
        elif tag == "select":
            self.select = at.get("name")
        elif self.form is None or at.get("type") in ("file", "checkbox"):
            return
        elif tag == "input" and "name" in at:
            self.form["fields"][at["name"]] = at.get("value", "")
        elif tag == "textarea":
            self.area = at["name"]
            self.form["fields"][self.area] = ""
        elif tag == "option" and self.select and ("selected" in at or self.select not in self.form["fields"]):
            self.form["fields"][self.select] = at["value"]

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data):
        self.text.append(data)
        if self.area and self.form:
            self.form["fields"][self.area] += data


class Window:
    """One tab. What was loaded stays in it until something else is, also when the program has restarted."""

    def __init__(self, port):
        self.port, self.path, self.body = port, None, ""

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location"), answer.read().decode()
        finally:
            connection.close()

    def open(self, path):
        status, to, body = self.ask("GET", path)
        if status == 303:
            return self.open(to)
        self.status, self.path, self.body, self.page = status, path, body, Reader(body)
        return self

    @property
    def text(self):
        return " ".join(" ".join(self.page.text).split())

    def form(self, action):
        return next(f for f in self.page.forms if f["action"] == action)

    def fields(self, action):
        return self.form(action)["fields"]

    def send(self, action, /, **fields):
        """(status, where it leads) of the form as it stands here, with these fields; the window stays where it is."""
        form = {**self.fields(action), **fields}
        status, to, self.answer = self.ask("POST", action, urllib.parse.urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
        return status, to

    def submit(self, action, /, **fields):
        status, to = self.send(action, **fields)
        assert status == 303, (status, self.answer)
        return self.open(to)
