import Testing

@testable import Formats

@Suite("rows of HTML and SQL")
struct MarkedRowsTests {
  @Test(
    "the columns of a statement stand in it, or its rows have a URL",
    arguments: [
      (
        "INSERT INTO `logins` VALUES (1,'https://a.example/','ann@c.example','CANARY1');\n",
        ["1: https://a.example/ ann@c.example"]
      ),
      (
        "<table><tr><td>\nINSERT INTO l VALUES ('https://a.example/','ann','CANARY1');\n<table>\n",
        ["2: https://a.example/ ann"]
      ),
      (
        "INSERT INTO users\n(id, email, password) VALUES\n(1, 'ann@c.example', 'CANARY1');\n",
        ["3:  ann@c.example"]
      ),
      (
        "INSERT INTO [dbo].[users] ([id],[email],[password]) VALUES (1,N'ann@c.example',N'CANARY1')\n",
        ["1:  ann@c.example"]
      ),
      (
        "INSERT [dbo].[users] ([id], [password], [email]) VALUES (1, N'CANARY1', N'ann@c.example')\nGO\n",
        ["1:  ann@c.example"]
      ),
      (
        "INSERT INTO logins (login, password) VALUES ('CORP\\\\jdurand1x', 'CANARY1'), ('o''neil', 'CANARY2');\n",
        ["1:  CORP\\jdurand1x", "1:  o'neil"]
      ),
      (
        "INSERT INTO l (site, url, login, password) VALUES ('Mon site', 'https://a.example/', 'ann', 'CANARY1');\n",
        ["1: https://a.example/ ann"]
      ),
      (
        "INSERT INTO `logs` VALUES (1,'https://a.example/','ann@c.example','CANARY1','FR');\n",
        ["1: https://a.example/ ann@c.example"]
      ),
      (
        "INSERT INTO `logs` VALUES (1,'https://a.example/','https://b.example/','ann','CANARY1');\n",
        ["1: https://b.example/ ann"]
      ),
      (
        "INSERT INTO logins VALUES('https://a.example/','','','ann@c.example','','CANARY1','','https://a.example/',1337,0);\n",
        ["1: https://a.example/ ann@c.example"]
      ),
      (
        "INSERT INTO \"logins\" VALUES('https://a.example/in','https://a.example/go','user','ann','pw',X'763130','','https://a.example/',1337,0,NULL);\n",
        ["1: https://a.example/in ann"]
      ),
      // A statement behind another, on one line.
      (
        "INSERT INTO x VALUES (1,'a'); INSERT INTO users (login, password) VALUES ('ann','CANARY1'),('bob','CANARY2');\n",
        ["1:  ann", "1:  bob"]
      ),
      // A text with a line end in it takes what stands behind it on its line, not what stands before.
      (
        "INSERT INTO users (login, password, bio) VALUES ('ann','CANARY1','one\ntwo');\n",
        ["1:  ann"]
      ),
      // What names a password makes the address beside it a login.
      (
        "INSERT INTO t (id, mail_address, password) VALUES (1,'ann@c.example','CANARY1');\n",
        ["1:  ann@c.example"]
      ),
    ])
  func statements(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "values of which nothing says that they are credentials are none",
    arguments: [
      "INSERT INTO contacts VALUES ('ann@c.example','Ann Moreau');\n",
      "INSERT INTO posts (id, author, text) VALUES (1,'ann@c.example','CANARY1');\n",
      "INSERT INTO contacts VALUES ('ann@c.example','bob@c.example'),('ann@c.example',''),(1,'ann@c.example');\n",
      "INSERT INTO members VALUES (1,'https://a.example/','ann@c.example','2024-01-01','FR');\n",
      "INSERT INTO members VALUES (1,'https://a.example/','ann@c.example',12,'FR');\n",
      "INSERT INTO members VALUES (1,'https://a.example/','ann@c.example',NULL,'FR');\n",
      "INSERT INTO members VALUES (1,'https://a.example/','ann','Moreau','FR');\n",
      "INSERT INTO logins VALUES('https://a.example/','','','','','CANARY1','','https://a.example/',1);\n",
      "INSERT INTO users VALUES(1,'ann','hash','ann','ann@c.example','https://a.example/','2024-01-01 10:00:00','',0,'ann');\n",
    ])
  func others(text: String) {
    #expect(Cuts.found(text) == [])
  }

  @Test(
    "an address and a word behind it are a login and its password, perhaps",
    arguments: [
      ("INSERT INTO users VALUES (1,'al','ann@c.example','CANARY1');\n", [" ann@c.example?"]),
      ("INSERT INTO users VALUES ('ann@c.example','CANARY1');\n", [" ann@c.example?"]),
      ("INSERT [dbo].[users] VALUES (1, N'ann@c.example', N'CANARY1')\n", [" ann@c.example?"]),
      (
        "INSERT INTO users VALUES\n(1,'b@c.example','ann@c.example','CANARY1'),\n(2,'eve@c.example','CANARY2',NULL);\n",
        [" ann@c.example?", " eve@c.example?"]
      ),
      (
        "INSERT INTO users VALUES (1,'https://a.example/','Ann','ann@c.example','CANARY1');\n",
        ["https://a.example/ ann@c.example?"]
      ),
      // The URL may be the password.
      (
        "INSERT INTO users VALUES (1,'ann@c.example','CANARY1','https://CANARY.example/');\n",
        ["https://CANARY.example/? ann@c.example?"]
      ),
      (
        "INSERT INTO users VALUES ('ann@c.example','CANARY1','https://CANARY.example/');\n",
        ["https://CANARY.example/? ann@c.example"]
      ),
      (
        "<tr><td>ann@c.example</td><td>CANARY1</td><td>https://CANARY.example/</td></tr>\n",
        ["https://CANARY.example/? ann@c.example"]
      ),
      (
        "INSERT INTO users VALUES ('https://a.example/','ann@c.example','https://CANARY.example/');\n",
        ["https://a.example/ ann@c.example"]
      ),
      (
        "INSERT INTO users VALUES (1,'ann@c.example','CANARY1','one\ntwo');\n",
        [" ann@c.example?"]
      ),
    ])
  func addresses(text: String, expected: [String]) {
    #expect(Samples.doubts(text, as: LabelledBlocks.self) == expected)
  }

  @Test("what begins as a statement and is none takes nothing from the lines behind it")
  func noStatement() {
    let text =
      "Insert coin here\n(FR) https://a.example/:bob@c.example:CANARY1\nhello\n"
      + "(FR) https://b.example/:ann@c.example:CANARY2\n"
    #expect(
      Cuts.found(text) == [
        "2: https://a.example/ bob@c.example", "4: https://b.example/ ann@c.example",
      ])
  }

  @Test(
    "the cells of a row may stand on lines of their own",
    arguments: [
      (
        "<table>\n<tr>\n<td>https://a.example/</td>\n<td>ann@c.example</td>\n<td>CANARY1</td>\n</tr>\n</table>\n",
        ["4: https://a.example/ ann@c.example"]
      ),
      (
        "<table>\r\n  <tr>\r\n    <th>Login</th>\r\n    <th>Pass</th>\r\n    <th>URL</th>\r\n  </tr>\r\n  <tr>\r\n    <td>ann@c.example</td>\r\n    <td>CANARY1</td>\r\n    <td>a.example</td>\r\n  </tr>\r\n</table>\r\n",
        ["8: a.example ann@c.example"]
      ),
      (
        "<table>\n<tr>\n<td>\nhttps://a.example/\n</td>\n<td>\nann@c.example\n</td>\n<td>\nCANARY1\n</td>\n</tr>\n</table>\n",
        ["7: https://a.example/ ann@c.example"]
      ),
      (
        "<tr><th>URL</th><th>Login</th><th>Password</th></tr>\r\n<tr>\r\n  <td><a href=\"x\">\r\n    a.example\r\n  </a></td>\r\n"
          + "  <td>\r\n    ann\r\n  </td><td>\r\n    CANARY1</td>\r\n</tr>\r\n",
        ["7: a.example ann"]
      ),
      // A cell of several records, and one of several lines.
      (
        "<tr><td>\nhttps://a.example/:ann@c.example:CANARY1\nhttps://b.example/:bob@c.example:CANARY2\n</td></tr>\n",
        ["2: https://a.example/ ann@c.example", "3: https://b.example/ bob@c.example"]
      ),
      (
        "<tr><td>\nx\nhttps://b.example/:bob@c.example:CANARY2\n</td></tr>\n",
        ["3: https://b.example/ bob@c.example"]
      ),
      (
        "<tr>\n<td>URL: https://a.example/</td>\n<td>Login: ann@c.example</td>\n<td>Password: CANARY1</td>\n</tr>\n",
        ["3: https://a.example/ ann@c.example"]
      ),
      // A name in the first cell, and a record.
      (
        "<tr><td>URL:</td>\n<td>https://a.example/</td></tr>\n<tr><td>Login:</td>\n<td>ann@c.example</td></tr>\n"
          + "<tr><td>Password:</td>\n<td>CANARY1</td></tr>\n",
        ["3: https://a.example/ ann@c.example"]
      ),
      (
        "<tr><td>URL: https://a.example/<br>Login: ann@c.example<br>Password: CANARY1</td>\n</tr>\n",
        ["1: https://a.example/ ann@c.example"]
      ),
    ])
  func cellLines(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "tags end lines, however they are written, and whatever the first part says",
    arguments: [
      (
        "URL: https://a.test/<br />Username: ann<br />Password: CANARY1<br />\n",
        ["1: https://a.test/ ann"]
      ),
      (
        "Time: 08/26/2024 14:39:18<br><hr>URL: https://a.test/<br>Username: ann<br>Password: CANARY1<br>\n"
          + "Time: 08/26/2024 14:39:19<br><hr>URL: https://b.test/<br>Username: bob<br>Password: CANARY2<br>\n",
        ["1: https://a.test/ ann", "2: https://b.test/ bob"]
      ),
      (
        "Computer Name: PC-1<br>URL: https://a.test/<br>\r\nUsername: ann<br>\r\nPassword: CANARY1<br>\r\n",
        ["2: https://a.test/ ann"]
      ),
    ])
  func breaks(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  private static let row =
    "<tr><td>https://a.example/</td><td>ann@c.example</td><td>CANARY1</td></tr>\n"
  private static let insert =
    "INSERT INTO `c` (`url`,`login`,`password`) VALUES ('https://a.example/','ann@c.example','CANARY1');\n"

  @Test(
    "rows of HTML and SQL stand behind a table, too",
    arguments: [
      ("url,login,password\n" + row, ["2: https://a.example/ ann@c.example"]),
      ("url\tlogin\tpassword\n" + row, ["2: https://a.example/ ann@c.example"]),
      (
        "url,login,password\nhttps://b.example/,bob,CANARY2\n\n"
          + "<table><tr><th>Login</th><th>Password</th><th>URL</th></tr>\n"
          + "<tr><td>ann@c.example</td><td>CANARY1</td><td>https://a.example/</td></tr>\n"
          + "https://b.example/,eve,CANARY3\n",
        [
          "2: https://b.example/ bob", "5: https://a.example/ ann@c.example",
          "6: https://b.example/ eve",
        ]
      ),
      (
        "name,url,login,password\nA,https://b.example/,bob,CANARY2\n<table>\n <tr>\n"
          + "<td>https://a.example/</td>\n<td>ann@c.example</td>\n<td>CANARY1</td>\n</tr>\n",
        ["2: https://b.example/ bob", "6: https://a.example/ ann@c.example"]
      ),
      ("url,login,password\n" + insert, ["2: https://a.example/ ann@c.example"]),
      ("login;password\n" + insert, ["2: https://a.example/ ann@c.example"]),
      (
        "url,login,password\nhttps://b.example/,bob,CANARY2\n\n-- MySQL dump\n" + insert + insert,
        [
          "2: https://b.example/ bob", "5: https://a.example/ ann@c.example",
          "6: https://a.example/ ann@c.example",
        ]
      ),
      (
        "url,login,password\nINSERT INTO c (url, login, password) VALUES\n"
          + "('https://a.example/','ann@c.example','CANARY1'),\n('','bob@c.example','CANARY2');\n",
        ["3: https://a.example/ ann@c.example", "4:  bob@c.example"]
      ),
      (
        "name,url,login,password\nInsert coin,https://b.example/,bob,CANARY2\n"
          + "<b>,https://b.example/,eve,CANARY3\n",
        ["2: https://b.example/ bob", "3: https://b.example/ eve"]
      ),
    ])
  func behindTables(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }
}
