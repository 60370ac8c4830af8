#include "core/free_mail.h"

#include <algorithm>
#include <array>

namespace baton::core {
namespace {

// In byte order.
constexpr auto kDomains = std::to_array<std::string_view>({
    // clang-format off
    "012.net.il", "10minutemail.com", "126.com", "139.com", "163.com", "189.cn", "21cn.com",
    "abv.bg", "aim.com", "alice.it", "aliceadsl.fr", "ameritech.net", "aol.co.uk", "aol.com",
    "aol.de", "aol.fr", "aol.it", "aon.at", "arcor.de", "arnet.com.ar", "atlas.cz", "att.net",
    "autograf.pl", "azet.sk", "bbox.fr", "bell.net", "bellsouth.net", "biglobe.ne.jp", "bigmir.net",
    "bigpond.com", "bigpond.net.au", "bk.ru", "bluemail.ch", "bluewin.ch", "blueyonder.co.uk",
    "bol.com.br", "bredband.net", "btinternet.com", "byom.de", "casema.nl", "centrum.cz",
    "centrum.sk", "centurylink.net", "charter.net", "chello.at", "citromail.hu", "ciudad.com.ar",
    "clix.pt", "club-internet.fr", "cogeco.ca", "comcast.net", "comhem.se", "consultant.com",
    "cox.net", "daum.net", "dir.bg", "discard.email", "dispostable.com", "disroot.org",
    "docomo.ne.jp", "duck.com", "earthlink.net", "eircom.net", "email.com", "email.cz", "email.de",
    "email.it", "emailondeck.com", "engineer.com", "europe.com", "excite.co.jp", "ezweb.ne.jp",
    "fakeinbox.com", "fastmail.com", "fastmail.fm", "fastwebnet.it", "fibertel.com.ar",
    "forthnet.gr", "foxmail.com", "free.fr", "freemail.hu", "freenet.de", "gazeta.pl",
    "getnada.com", "globomail.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.eu",
    "gmx.net", "gmx.org", "goo.jp", "googlemail.com", "guerrillamail.com", "guerrillamail.info",
    "hanmail.net", "hetnet.nl", "hey.com", "hispeed.ch", "home.nl", "hot.ee", "hotmail.be",
    "hotmail.ca", "hotmail.ch", "hotmail.cl", "hotmail.co.jp", "hotmail.co.kr", "hotmail.co.uk",
    "hotmail.com", "hotmail.com.ar", "hotmail.com.au", "hotmail.com.br", "hotmail.com.mx",
    "hotmail.com.tr", "hotmail.de", "hotmail.dk", "hotmail.es", "hotmail.fi", "hotmail.fr",
    "hotmail.gr", "hotmail.hu", "hotmail.it", "hotmail.nl", "hotmail.no", "hotmail.se",
    "hushmail.com", "i.ua", "icloud.com", "ig.com.br", "iinet.net.au", "in.gr", "iname.com",
    "inbox.com", "inbox.lt", "inbox.lv", "inbox.ru", "indamail.hu", "inode.at", "interia.eu",
    "interia.pl", "internet.ru", "inwind.it", "iol.it", "iol.pt", "jubii.dk", "juno.com",
    "kakao.com", "keemail.me", "kolumbus.fi", "kpnmail.nl", "laposte.net", "lawyer.com", "lenta.ru",
    "libero.it", "list.ru", "live.at", "live.be", "live.ca", "live.cl", "live.cn", "live.co.uk",
    "live.com", "live.com.ar", "live.com.au", "live.com.mx", "live.com.pt", "live.de", "live.dk",
    "live.fr", "live.ie", "live.in", "live.it", "live.jp", "live.nl", "live.no", "live.se",
    "luukku.com", "mac.com", "magenta.de", "mail.bg", "mail.com", "mail.de", "mail.ee", "mail.ru",
    "mailbox.org", "maildrop.cc", "mailfence.com", "mailinator.com", "me.com", "meta.ua",
    "mindspring.com", "mintemail.com", "moakt.com", "mohmal.com", "msn.com", "mweb.co.za",
    "mynet.com", "myself.com", "myyahoo.com", "nate.com", "naver.com", "netcabo.pt", "netzero.net",
    "neuf.fr", "nifty.com", "ntlworld.com", "numericable.fr", "o2.pl", "ocn.ne.jp", "oi.com.br",
    "one.lv", "onet.eu", "onet.pl", "online.ee", "online.no", "op.pl", "optonline.net",
    "optusnet.com.au", "orange.fr", "otenet.gr", "outlook.at", "outlook.be", "outlook.cl",
    "outlook.co.id", "outlook.com", "outlook.com.ar", "outlook.com.au", "outlook.com.br",
    "outlook.cz", "outlook.de", "outlook.dk", "outlook.es", "outlook.fr", "outlook.hu",
    "outlook.ie", "outlook.in", "outlook.it", "outlook.jp", "outlook.kr", "outlook.pt",
    "outlook.sa", "outlook.sg", "pacbell.net", "planet.nl", "pm.me", "poczta.onet.pl", "post.cz",
    "post.sk", "posteo.de", "posteo.net", "prodigy.net.mx", "proton.me", "protonmail.ch",
    "protonmail.com", "q.com", "qq.com", "rambler.ru", "rediffmail.com", "riseup.net", "ro.ru",
    "roadrunner.com", "rocketmail.com", "rr.com", "runbox.com", "sapo.pt", "sbcglobal.net",
    "scarlet.be", "seznam.cz", "sfr.fr", "sharklasers.com", "shaw.ca", "sify.com", "sina.cn",
    "sina.com", "skynet.be", "slingshot.co.nz", "softbank.ne.jp", "sohu.com", "spamgourmet.com",
    "speedy.com.ar", "spray.se", "start.no", "startmail.com", "suddenlink.net", "suomi24.fi",
    "superig.com.br", "superonline.com", "swbell.net", "sympatico.ca", "t-online.de", "t-online.hu",
    "talktalk.net", "tdcadsl.dk", "tele2.se", "telefonica.net", "telenet.be", "telkomsa.net",
    "telus.net", "temp-mail.org", "tempmail.com", "terra.com.br", "terra.es", "throwawaymail.com",
    "tin.it", "tiscali.co.uk", "tiscali.it", "tlen.pl", "tpg.com.au", "trashmail.com",
    "trashmail.de", "ttmail.com", "tut.by", "tuta.com", "tuta.io", "tutamail.com", "tutanota.com",
    "tutanota.de", "ukr.net", "uol.com.br", "upcmail.nl", "usa.com", "utanet.at", "verizon.net",
    "videotron.ca", "virgilio.it", "virginmedia.com", "vodafonemail.de", "vodamail.co.za",
    "volny.cz", "vp.pl", "walla.co.il", "walla.com", "wanadoo.fr", "web.de", "webmail.co.za",
    "wegwerfmail.de", "windowslive.com", "windstream.net", "wp.pl", "xs4all.nl", "xtra.co.nz",
    "ya.com", "ya.ru", "yahoo.at", "yahoo.be", "yahoo.ca", "yahoo.cl", "yahoo.co.id", "yahoo.co.in",
    "yahoo.co.jp", "yahoo.co.kr", "yahoo.co.nz", "yahoo.co.th", "yahoo.co.uk", "yahoo.co.za",
    "yahoo.com", "yahoo.com.ar", "yahoo.com.au", "yahoo.com.br", "yahoo.com.co", "yahoo.com.hk",
    "yahoo.com.mx", "yahoo.com.my", "yahoo.com.pe", "yahoo.com.ph", "yahoo.com.sg", "yahoo.com.tr",
    "yahoo.com.tw", "yahoo.com.ua", "yahoo.com.vn", "yahoo.cz", "yahoo.de", "yahoo.dk", "yahoo.es",
    "yahoo.fr", "yahoo.gr", "yahoo.hu", "yahoo.ie", "yahoo.in", "yahoo.it", "yahoo.nl", "yahoo.no",
    "yahoo.pl", "yahoo.pt", "yahoo.ro", "yahoo.se", "yandex.by", "yandex.com", "yandex.kz",
    "yandex.ru", "yandex.ua", "yeah.net", "ymail.com", "yopmail.com", "yopmail.fr", "ziggo.nl",
    "zipmail.com.br", "zohomail.com", "zohomail.eu", "zoznam.sk",
    // clang-format on
});

static_assert(std::is_sorted(kDomains.begin(), kDomains.end()));

constexpr int kLabelsMax = 3;
static_assert(std::all_of(kDomains.begin(), kDomains.end(), [](std::string_view domain) {
  return std::count(domain.begin(), domain.end(), '.') < kLabelsMax;
}));

}  // namespace

bool IsFreeMail(std::string_view domain) {
  return std::binary_search(kDomains.begin(), kDomains.end(), domain);
}

bool IsBelowFreeMail(std::string_view domain) {
  size_t dot = domain.size();
  for (int labels = 1; labels <= kLabelsMax; ++labels) {
    dot = dot == 0 ? domain.npos : domain.rfind('.', dot - 1);
    if (dot == domain.npos) return IsFreeMail(domain);
    if (IsFreeMail(domain.substr(dot + 1))) return true;
  }
  return false;
}

}  // namespace baton::core
