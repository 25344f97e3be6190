// What the server says, in Korean: its sentence, {x} for what it puts in, and the same in Korean. What is put in may
// be a sentence of the list too. The first that fits counts: those with little of their own stand last.
export default [
  // Requests
  ["The server did not answer in time.", "서버가 제때 응답하지 않았습니다."],
  ["The server cannot be reached.", "서버에 연결할 수 없습니다."],
  ["What answered is not this server.", "응답한 것이 이 서버가 아닙니다."],
  [
    "There is nothing at {0}. GET /api/openapi.json lists what there is.",
    "{0} 주소에는 아무것도 없습니다. 있는 주소는 GET /api/openapi.json에 모두 나옵니다.",
  ],
  [
    "There is no session '{key}'{at}. GET /api/sessions lists those that there are.",
    "'{key}' 세션이 없습니다{at}. 있는 세션은 GET /api/sessions에 모두 나옵니다.",
  ],
  ["There is no session '{key}'; there is {near}.", "'{key}' 세션이 없습니다. 비슷한 세션: {near}."],
  [
    "There is no task '{task}'{at}. GET /api/tasks lists those that there are.",
    "'{task}' 작업이 없습니다{at}. 있는 작업은 GET /api/tasks에 모두 나옵니다.",
  ],
  [" in the installation '{name}'", "(설치: '{name}')"],
  ["There is no message '{id}' in this session any more.", "이 세션에 '{id}' 메시지가 더는 없습니다."],
  [
    "Several installations have a session '{key}': {names}. Name one as 'installation'.",
    "여러 설치에 '{key}' 세션이 있습니다: {names}. 'installation'으로 하나를 고르세요.",
  ],
  [
    "Several installations have {what}: {names}. Name one as 'installation'.",
    "여러 설치에 {what} 항목이 있습니다: {names}. 'installation'으로 하나를 고르세요.",
  ],
  [
    "Message text is off: the server was started with --no-messages.",
    "메시지 내용이 꺼져 있습니다. 서버가 --no-messages로 시작되었습니다.",
  ],
  [
    "The transcript cannot be read: {0}. 'factory-dashboard doctor' says more.",
    "기록을 읽을 수 없습니다: {0}. 'factory-dashboard doctor'로 더 알아볼 수 있습니다.",
  ],
  ["its file vanished meanwhile", "그사이 파일이 사라졌습니다"],
  ["its file may not be read by this user", "이 사용자에게 파일을 읽을 권한이 없습니다"],
  ["its file was cut meanwhile; ask again", "그사이 파일이 잘렸습니다. 다시 시도하세요"],
  ["its file or database is damaged or busy", "파일이나 데이터베이스가 손상되었거나 사용 중입니다"],
  ["'before' is a place in a transcript that is no more.", "'before'가 가리키는 기록이 더는 없습니다."],
  ["The body is too large; it may have {kb} KB.", "요청 본문이 너무 큽니다. {kb} KB까지 보낼 수 있습니다."],
  ["The audit log cannot be read: {0}.", "작업 기록을 읽을 수 없습니다: {0}."],
  [
    "{0} does not take this method; the Allow header names those that it takes.",
    "{0} 주소는 이 메서드를 받지 않습니다. 받는 메서드는 Allow 헤더에 있습니다.",
  ],
  [
    "A token is needed: sign in at /sign-in, or send 'Authorization: Bearer <token>'.",
    "토큰이 필요합니다. /sign-in에서 로그인하거나 'Authorization: Bearer <token>'을 보내세요.",
  ],
  ["That is not the token of this server.", "이 서버의 토큰이 아닙니다."],
  [
    "Too many wrong tokens came from your address. Try again in {0} s.",
    "이 주소에서 틀린 토큰이 너무 많이 왔습니다. {0}초 뒤에 다시 시도하세요.",
  ],
  [
    "This request comes from a page of another site, or from another port of this machine, and is not answered. Behind a proxy: let it pass the Host header on as it came.",
    "다른 사이트나 이 컴퓨터의 다른 포트에서 온 페이지의 요청이라 응답하지 않습니다. 프록시를 쓴다면 Host 헤더를 그대로 넘기게 하세요.",
  ],
  [
    "The header X-CSRF-Token is missing or belongs to another sign-in; GET /api/access gives the right one.",
    "X-CSRF-Token 헤더가 없거나 다른 로그인의 것입니다. 올바른 값은 GET /api/access에 있습니다.",
  ],
  [
    "Control is off: start with --allow-control to stop, restart or delete anything.",
    "제어가 꺼져 있습니다. 중지, 재시작, 삭제를 하려면 --allow-control로 시작하세요.",
  ],
  [
    "This server answers to localhost and its own address only.",
    "이 서버는 localhost와 자기 주소로 온 요청에만 응답합니다.",
  ],
  [
    "The usage ledger cannot be read now: {0}. What is live is not affected; the log and 'factory-dashboard doctor' say more.",
    "지금은 사용량 원장을 읽을 수 없습니다: {0}. 실시간 화면은 그대로입니다. 로그와 'factory-dashboard doctor'에서 더 알아볼 수 있습니다.",
  ],
  [
    "GET /api/stream speaks WebSocket only; GET /api/events gives the same as server-sent events.",
    "GET /api/stream은 WebSocket만 받습니다. GET /api/events는 같은 내용을 서버 전송 이벤트로 줍니다.",
  ],
  [
    "{0} readers follow the push already; ask again later, or read GET /api/sessions.",
    "이미 {0}곳에서 실시간으로 받고 있습니다. 나중에 다시 시도하거나 GET /api/sessions로 읽으세요.",
  ],
  [
    "The server could not make an answer; its log says more.",
    "서버가 응답을 만들지 못했습니다. 서버 로그에서 더 알아볼 수 있습니다.",
  ],
  [
    "This idempotencyKey was used for something else; take a new one for each action.",
    "이 idempotencyKey는 다른 일에 쓰였습니다. 작업마다 새 값을 쓰세요.",
  ],

  // Gateway
  [
    "No gateway answers at {url} ({why}). Start it with 'openclaw gateway', or say where it is with --gateway.",
    "{url}에서 응답하는 게이트웨이가 없습니다({why}). 'openclaw gateway'로 시작하거나, --gateway로 어디에 있는지 알려 주세요.",
  ],
  [
    "The certificate of {url} is not trusted ({why}). Add who signed it to the authorities of this system, or name their file in SSL_CERT_FILE, and start Factory Dashboard again.",
    "{url}의 인증서를 믿을 수 없습니다({why}). 서명한 기관을 이 시스템의 인증 기관에 추가하거나 그 파일을 SSL_CERT_FILE에 적고 Factory Dashboard를 다시 시작하세요.",
  ],
  [
    "What answers at {url} is no OpenClaw gateway ({what}). Check gateway.port in openclaw.json, or --gateway.",
    "{url}에서 응답하는 것은 OpenClaw 게이트웨이가 아닙니다({what}). openclaw.json의 gateway.port나 --gateway를 확인하세요.",
  ],
  ["it does not speak TLS: {why}", "TLS로 응답하지 않음: {why}"],
  ["its greeting is not understood", "인사말을 이해할 수 없음"],
  ["its challenge is not understood", "인증 질문을 이해할 수 없음"],
  ["it says nothing that can be understood", "이해할 수 있는 말을 하지 않음"],
  ["it sent more than {mb} MB at once", "한 번에 {mb} MB 넘게 보냄"],
  [
    "The gateway refuses the token. Take over the present one: gateway.auth.token in openclaw.json, OPENCLAW_GATEWAY_TOKEN, or --gateway-token-file.",
    "게이트웨이가 토큰을 거부합니다. 지금 쓰는 토큰으로 바꾸세요: openclaw.json의 gateway.auth.token, OPENCLAW_GATEWAY_TOKEN 또는 --gateway-token-file.",
  ],
  [
    "The gateway wants a token and none was found. Set gateway.auth.token in openclaw.json, OPENCLAW_GATEWAY_TOKEN, or --gateway-token-file.",
    "게이트웨이가 토큰을 요구하는데 찾지 못했습니다. openclaw.json의 gateway.auth.token, OPENCLAW_GATEWAY_TOKEN 또는 --gateway-token-file을 설정하세요.",
  ],
  [
    "The gateway has seen too many wrong tokens and waits. Mend the token.",
    "틀린 토큰이 너무 많아 게이트웨이가 기다리고 있습니다. 토큰을 바로잡으세요.",
  ],
  [
    "The gateway wants this device approved: run 'openclaw devices approve {id}'.",
    "게이트웨이가 이 기기의 승인을 기다립니다. 'openclaw devices approve {id}' 명령을 실행하세요.",
  ],
  ["<id>' after 'openclaw devices list", "<id>' 전에 'openclaw devices list"],
  [
    "The gateway speaks {version} of the wire protocol, and this program versions 3 and 4. Update the older of the two.",
    "게이트웨이의 통신 규약은 {version}이고 이 프로그램은 3과 4를 씁니다. 둘 중 오래된 쪽을 업데이트하세요.",
  ],
  ["another version", "다른 버전"],
  ["version {n}", "버전 {n}"],
  [
    "The gateway let this program in without the right '{scope}'. Remove its device with 'openclaw devices list' and 'openclaw devices remove', and it asks anew.",
    "게이트웨이가 이 프로그램을 '{scope}' 권한 없이 들여보냈습니다. 'openclaw devices list'와 'openclaw devices remove'로 이 기기를 지우면 다시 요청합니다.",
  ],
  [
    "The gateway did not answer {what} within {n} s. It is busy or hangs: 'openclaw health' tells more.",
    "게이트웨이가 {what} 요청에 {n}초 안에 응답하지 않았습니다. 바쁘거나 멈춰 있습니다. 'openclaw health'로 더 알아볼 수 있습니다.",
  ],
  [
    "The gateway at {url} speaks for {dir}, not for this state directory. Give each installation its own gateway.port in openclaw.json, or name the gateway with --gateway.",
    "{url}의 게이트웨이는 이 상태 폴더가 아니라 {dir} 폴더의 것입니다. openclaw.json에서 설치마다 다른 gateway.port를 주거나 --gateway로 게이트웨이를 지정하세요.",
  ],
  [
    "The gateway's answer to {what} is not understood. Update this program, or OpenClaw if it is the older of the two.",
    "{what} 요청에 대한 게이트웨이의 응답을 이해할 수 없습니다. 이 프로그램을 업데이트하세요. OpenClaw가 더 오래되었다면 OpenClaw를 업데이트하세요.",
  ],
  ["The gateway ended the connection ({why}).", "게이트웨이가 연결을 끊었습니다({why})."],
  ["without a word", "아무 말 없이"],
  ["without a reason", "이유를 밝히지 않음"],
  [
    "The device key for the gateway cannot be used: {why}. Remove the file, and a new one is made.",
    "게이트웨이에 쓰는 기기 키를 쓸 수 없습니다: {why}. 그 파일을 지우면 새로 만듭니다.",
  ],
  ["it holds no Ed25519 key", "Ed25519 키가 들어 있지 않음"],
  ["this system gives no random numbers", "이 시스템에서 난수를 얻을 수 없음"],
  ["The gateway did not tell its log: {why}", "게이트웨이가 로그를 알려 주지 않았습니다: {why}"],
  [
    "The gateway told its log in a form that is not understood.",
    "게이트웨이가 알려 준 로그의 형식을 이해할 수 없습니다.",
  ],
  ["The gateway refused: {message} ({code}).", "게이트웨이가 거부했습니다: {message}({code})."],

  // Logs
  ["No log of OpenClaw can be read. {why}", "읽을 수 있는 OpenClaw 로그가 없습니다. {why}"],
  [
    "Its settings name no log file and no gateway: set logging.file in openclaw.json, or start the gateway.",
    "설정에 로그 파일도 게이트웨이도 없습니다. openclaw.json에 logging.file을 적거나 게이트웨이를 시작하세요.",
  ],
  ["These are simulated agents; they write none.", "시뮬레이션 에이전트라 로그를 쓰지 않습니다."],

  // Sources
  [
    "There is no folder {dir}. Start OpenClaw once, or point to its folder with --state-dir.",
    "{dir} 폴더가 없습니다. OpenClaw를 한 번 실행하거나 --state-dir로 폴더를 지정하세요.",
  ],
  [
    "Some files could not be read; they are listed with the reason.",
    "읽지 못한 파일이 있습니다. 아래에 이유와 함께 나옵니다.",
  ],
  [
    "Changes are looked for every 2 s, because the folder cannot be watched: {trouble}.",
    "폴더의 변경 알림을 받을 수 없어 2초마다 살펴봅니다: {trouble}.",
  ],
  [
    "There is no command '{program}'. Install OpenClaw, or name its command with --openclaw.",
    "'{program}' 명령이 없습니다. OpenClaw를 설치하거나 --openclaw로 명령을 지정하세요.",
  ],
  ["'{program}' could not be started: {error}.", "'{program}' 명령을 시작할 수 없습니다: {error}."],
  ["'{name}' did not answer within {n} s and was stopped.", "'{name}' 명령이 {n}초 안에 끝나지 않아 중지했습니다."],
  ["The command's output could not be read: {error}.", "명령의 출력을 읽을 수 없습니다: {error}."],
  ["The command's output could not be read.", "명령의 출력을 읽을 수 없습니다."],
  ["The command printed more than 32 MB and was stopped.", "명령이 32 MB 넘게 출력해 중지했습니다."],
  ["The command did not print the JSON of its sessions.", "명령이 세션 목록을 JSON으로 출력하지 않았습니다."],
  [
    "OpenClaw printed only its first 100 sessions; read its state directory (--source files) to see all.",
    "OpenClaw가 처음 100개 세션만 출력했습니다. 모두 보려면 상태 폴더를 읽으세요(--source files).",
  ],
  [
    "There is no openclaw.json, so no gateway is known; nothing to compare with.",
    "openclaw.json이 없어 게이트웨이를 알 수 없습니다. 비교할 대상이 없습니다.",
  ],
  [
    "The gateway runs elsewhere (gateway.mode is remote); nothing to compare with.",
    "게이트웨이가 다른 곳에서 실행됩니다(gateway.mode가 remote). 비교할 대상이 없습니다.",
  ],
  [
    "Several installations name the gateway port {port}, so which of them answers there is not known; give each its own gateway.port in openclaw.json.",
    "여러 설치가 게이트웨이 포트 {port}번을 함께 써서 어느 쪽이 응답하는지 알 수 없습니다. openclaw.json에서 설치마다 다른 gateway.port를 주세요.",
  ],
  [
    "No gateway answers at 127.0.0.1:{port}; nothing to compare with.",
    "127.0.0.1:{port}에서 응답하는 게이트웨이가 없습니다. 비교할 대상이 없습니다.",
  ],
  [
    "The openclaw command is not paired with its gateway yet, and pairing it is left to you: use it once, such as with 'openclaw status'.",
    "openclaw 명령이 아직 게이트웨이와 페어링되지 않았습니다. 페어링은 직접 하도록 남겨 둡니다. 'openclaw status'처럼 한 번 사용하세요.",
  ],
  [
    "'{name}' did not print the JSON of OpenClaw's usage.",
    "'{name}' 명령이 OpenClaw 사용량을 JSON으로 출력하지 않았습니다.",
  ],
  ["'{name}' ended with {code}: {message}", "'{name}' 명령이 {code}(으)로 끝났습니다: {message}"],

  // What was not understood
  ["file could not be read", "파일을 읽을 수 없음"],
  ["file may not be read: check its permissions", "파일을 읽을 권한이 없음: 권한을 확인하세요"],
  ["file vanished while it was read", "읽는 동안 파일이 사라짐"],
  ["file is damaged: what came before the damage counts", "파일이 손상됨: 손상된 곳 앞까지만 셈"],
  [
    "file is not the JSON that OpenClaw writes: the rows known before stay",
    "OpenClaw가 쓰는 JSON이 아님: 전에 알던 행은 그대로 둠",
  ],
  ["file is not the JSON that OpenClaw writes", "OpenClaw가 쓰는 JSON이 아님"],
  ["file is not JSON5: its prices are not used", "JSON5가 아님: 이 파일의 가격은 쓰지 않음"],
  ["file is larger than 64 MiB and was not read", "파일이 64 MiB보다 커서 읽지 않음"],
  ["database has a schema that is not understood", "데이터베이스 스키마를 이해할 수 없음"],
  ["database is locked by another program, will be read again", "다른 프로그램이 데이터베이스를 잠금: 다시 읽습니다"],
  ["database is damaged", "데이터베이스가 손상됨"],
  ["file is not a SQLite database", "SQLite 데이터베이스가 아님"],
  ["database cannot be opened: check its permissions", "데이터베이스를 열 수 없음: 권한을 확인하세요"],
  ["disk error while the database was read", "데이터베이스를 읽는 동안 디스크 오류"],
  ["database could not be read", "데이터베이스를 읽을 수 없음"],
  ["row without a key", "키가 없는 행"],
  ["session key stands twice: the first row counts", "같은 세션 키가 두 번 나옴: 첫 행만 셈"],
  ["session key stands twice: the last row counts", "같은 세션 키가 두 번 나옴: 마지막 행만 셈"],
  ["session row is not an object", "세션 행이 객체가 아님"],
  ["session key is empty or longer than 2000 bytes", "세션 키가 비었거나 2000바이트를 넘음"],
  ["session row is not the JSON that OpenClaw writes", "세션 행이 OpenClaw가 쓰는 JSON이 아님"],
  ["token count is beyond a billion, taken as 0", "토큰 수가 10억을 넘어 0으로 셈"],
  ["token count is negative, taken as 0", "토큰 수가 음수라 0으로 셈"],
  ["token count is not a whole number, rounded down", "토큰 수가 정수가 아니라 내림"],
  ["token count is not a number, taken as 0", "토큰 수가 숫자가 아니라 0으로 셈"],
  ["line is not UTF-8: odd characters were replaced", "줄이 UTF-8이 아님: 이상한 글자를 바꿈"],
  ["line is not JSON", "줄이 JSON이 아님"],
  ["record has another shape than OpenClaw writes", "기록이 OpenClaw가 쓰는 형식과 다름"],
  ["recorded cost makes no sense, taken as unknown", "기록된 비용이 말이 되지 않아 모름으로 침"],
  ["assistant message without usage", "사용량이 없는 어시스턴트 메시지"],
  ["record was not understood", "기록을 이해하지 못함"],
  ["more than 500 files have skipped lines", "건너뛴 줄이 있는 파일이 500개를 넘음"],
  ["archived transcript is damaged", "보관된 기록이 손상됨"],
  ["transcript row is empty", "기록 행이 비어 있음"],
  ["packed transcript row is damaged", "압축된 기록 행이 손상됨"],
  ["last line is half written, will be read when it is whole", "마지막 줄이 쓰이는 중: 다 쓰이면 읽습니다"],
  ["line in an archive is longer than 1 MiB", "보관 파일의 줄이 1 MiB보다 김"],
  ["a subagent run has another shape than OpenClaw writes", "서브에이전트 실행이 OpenClaw가 쓰는 형식과 다름"],

  // Ledger
  [
    "The usage ledger cannot be written: {error}. New calls wait and are written as soon as that is possible; {todo}.",
    "사용량 원장에 쓸 수 없습니다: {error}. 새 호출은 기다렸다가 쓸 수 있게 되면 바로 씁니다. {todo}.",
  ],
  ["make room on the disk of the data folder", "데이터 폴더가 있는 디스크에 공간을 마련하세요"],
  ["make the data folder writable", "데이터 폴더에 쓸 수 있게 하세요"],
  ["see the log for details", "자세한 내용은 로그를 보세요"],
  [
    "History is kept in memory only, until the program ends: {file} cannot be used ({error}). {todo}.",
    "프로그램이 끝날 때까지 이력을 메모리에만 둡니다: {file} 파일을 쓸 수 없습니다({error}). {todo}.",
  ],
  [
    "Use the newer version of the program that made it, or another --data-dir",
    "이 파일을 만든 더 새로운 버전을 쓰거나 다른 --data-dir을 지정하세요",
  ],
  ["Make room on the disk; it is tried again every 10 s", "디스크에 공간을 마련하세요. 10초마다 다시 시도합니다"],
  [
    "Make the data folder writable (it is tried again every 10 s), or choose another with --data-dir",
    "데이터 폴더에 쓸 수 있게 하거나(10초마다 다시 시도합니다) --data-dir로 다른 폴더를 지정하세요",
  ],
  ["See the log, or choose another folder with --data-dir", "로그를 보거나 --data-dir로 다른 폴더를 지정하세요"],
  [
    "The usage ledger was damaged ({what}) and is set aside as {name}; {held}. A new one is made from what OpenClaw still has; 'factory-dashboard doctor' tells what is missing.",
    "사용량 원장이 손상되어({what}) {name}(으)로 옮겨 두었습니다. {held}. OpenClaw에 남아 있는 것으로 새로 만듭니다. 빠진 것은 'factory-dashboard doctor'가 알려 줍니다.",
  ],
  ["how many calls it held is not known", "호출이 몇 건 있었는지 알 수 없습니다"],
  ["it held {n} calls", "호출 {n}건이 있었습니다"],
  ["the disk is full", "디스크가 가득 찼습니다"],
  ["the disk or the file is read-only", "디스크나 파일이 읽기 전용입니다"],
  ["the ledger is damaged: {0}", "원장이 손상되었습니다: {0}"],
  [
    "the ledger has schema {found}; this version knows {known}",
    "원장의 스키마는 {found}이고 이 버전은 {known}까지 압니다",
  ],
  ["the ledger cannot be used: {0}", "원장을 쓸 수 없습니다: {0}"],
  ["it is not open yet", "아직 열리지 않았습니다"],
  ["it is a database of another program", "다른 프로그램의 데이터베이스입니다"],

  // Actions
  [
    "These are simulated agents; they cannot be stopped or changed.",
    "시뮬레이션 에이전트라 중지하거나 바꿀 수 없습니다.",
  ],
  [
    "No gateway is known for '{id}', and only OpenClaw's gateway can do this. Start it with 'openclaw gateway', and say where it is with --gateway, unless it is in openclaw.json.",
    "'{id}'의 게이트웨이를 알 수 없습니다. 이 작업은 OpenClaw 게이트웨이만 할 수 있습니다. 'openclaw gateway'로 시작하고, openclaw.json에 없다면 --gateway로 어디에 있는지 알려 주세요.",
  ],
  ["OpenClaw refused without a reason.", "OpenClaw가 이유 없이 거부했습니다."],
  ["OpenClaw did not reset the session.", "OpenClaw가 세션을 초기화하지 않았습니다."],
  ["OpenClaw deleted nothing: it has no such session.", "OpenClaw에 그런 세션이 없어 아무것도 지우지 않았습니다."],
  ["deleted; its transcript is archived", "삭제됨. 기록은 보관되었습니다"],
  ["deleted; its {n} transcripts are archived", "삭제됨. 기록 {n}개가 보관되었습니다"],
  ["compacted from {before} to {after} tokens", "토큰 {before}개에서 {after}개로 압축됨"],
  ["compacted from {before} tokens", "토큰 {before}개에서 압축됨"],
  ["nothing was compacted: the conversation is short", "대화가 짧아 압축할 것이 없습니다"],
  ["nothing was compacted: {why}", "압축하지 않았습니다: {why}"],
  ["The task has ended.", "작업이 이미 끝났습니다."],
  ["OpenClaw did not cancel the task.", "OpenClaw가 작업을 취소하지 않았습니다."],
  [
    "The program ended before OpenClaw answered; it may have happened.",
    "OpenClaw가 응답하기 전에 프로그램이 끝났습니다. 실행되었을 수도 있습니다.",
  ],
  [
    "The program could not see it through; its log says more.",
    "프로그램이 끝까지 처리하지 못했습니다. 로그에서 더 알아볼 수 있습니다.",
  ],
  [
    "The audit log cannot be written ({error}), so nothing was done. Mend the data folder, and try again.",
    "작업 기록을 쓸 수 없어({error}) 아무것도 하지 않았습니다. 데이터 폴더를 바로잡고 다시 시도하세요.",
  ],
  [
    "{n} actions are under way already; try again in a moment.",
    "이미 작업 {n}건이 진행 중입니다. 잠시 뒤에 다시 시도하세요.",
  ],
  [
    "{text} (The audit log has its beginning, but could not be told how it ended.)",
    "{text} (작업 기록에 시작은 남았지만 결과는 남기지 못했습니다.)",
  ],
  ["Only a task can be cancelled; a session can be stopped.", "취소는 작업에만 할 수 있습니다. 세션은 중지하세요."],
  [
    "{failed} of {all} sessions of the tree could not be stopped. {first}",
    "트리의 세션 {all}개 중 {failed}개를 중지하지 못했습니다. {first}",
  ],
  ["aborted", "중단됨"],
  ["it was not running itself", "세션 자체는 실행 중이 아니었음"],
  ["{itself}; 1 running session below it is stopped too", "{itself}. 아래에서 실행 중이던 세션 1개도 중지했습니다"],
  [
    "{itself}; {n} running sessions below it are stopped too",
    "{itself}. 아래에서 실행 중이던 세션 {n}개도 중지했습니다",
  ],
  [
    "It was stopped, but OpenClaw holds no message of a user that could be sent again.",
    "중지했지만, OpenClaw에 다시 보낼 사용자 메시지가 없습니다.",
  ],
  [
    "There is no message of a user to send again, so the session was left as it is.",
    "다시 보낼 사용자 메시지가 없어 세션을 그대로 두었습니다.",
  ],
  [
    "It was stopped, and its last message may not have been sent again: {why}",
    "중지했지만 마지막 메시지가 다시 보내지지 않았을 수 있습니다: {why}",
  ],
  [
    "It was stopped, but its last message was not sent again: {why}",
    "중지했지만 마지막 메시지를 다시 보내지 못했습니다: {why}",
  ],
  ["{stop}; the last message was sent again{lost}: {sent}", "{stop}. 마지막 메시지를 다시 보냈습니다{lost}: {sent}"],
  [", without its attachments", "(첨부 제외)"],
  [
    "OpenClaw {version} cannot cancel tasks; stop the session that it runs in.",
    "OpenClaw {version} 버전은 작업을 취소할 수 없습니다. 작업이 실행되는 세션을 중지하세요.",
  ],
  [
    "OpenClaw {version} finds no run to stop there: it stops only what was begun by a chat message. If it still runs, resetting or deleting the session ends it.",
    "OpenClaw {version} 버전은 그곳에서 중지할 실행을 찾지 못합니다. 채팅 메시지로 시작된 실행만 중지합니다. 아직 실행 중이라면 세션을 초기화하거나 삭제하면 끝납니다.",
  ],
  ["no such session: OpenClaw does not know it (any more).", "그런 세션이 없습니다. OpenClaw가 (더는) 알지 못합니다."],
  [
    "The gateway at {url} did not let us in within {n} s; nothing was done.",
    "{url}의 게이트웨이가 {n}초 안에 연결을 받아 주지 않아 아무것도 하지 않았습니다.",
  ],
  [
    "OpenClaw did not answer within {n} s; it may still happen.",
    "OpenClaw가 {n}초 안에 응답하지 않았습니다. 아직 실행될 수 있습니다.",
  ],
  [
    "The connection to OpenClaw was lost before it answered; it may still happen.",
    "OpenClaw가 응답하기 전에 연결이 끊겼습니다. 아직 실행될 수 있습니다.",
  ],
  [
    "OpenClaw did not answer within {n} s; nothing was done. 'openclaw health' tells more.",
    "OpenClaw가 {n}초 안에 응답하지 않아 아무것도 하지 않았습니다. 'openclaw health'로 더 알아볼 수 있습니다.",
  ],
  [
    "OpenClaw did not answer within {n} s. 'openclaw health' tells more.",
    "OpenClaw가 {n}초 안에 응답하지 않았습니다. 'openclaw health'로 더 알아볼 수 있습니다.",
  ],
  ["{refusal} Nothing was done.", "{refusal} 아무것도 하지 않았습니다."],
  ["{refusal} It is tried again by itself.", "{refusal} 저절로 다시 시도합니다."],
];
