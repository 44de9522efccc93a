#include "core/learning/tasks/mails.h"

#include <gmock/gmock.h>

namespace vitrine::learning
{
namespace
{

using testing::HasSubstr;
using testing::Not;

const std::string kProse =
    "We have been thinking about what you said of the meeting and we would like to come to the "
    "house "
    "on the first day of the week, if that is all right with you and with the others.";

TEST(MailBeginning, IsTheTextWithoutHeadersQuotesAndSignature)
{
    const auto text =
        mailBeginning("From: a\nSubject: Re: the meeting\n\n> What did you\n> think?\n\n" + kProse +
                      "\n\n-- \nA. Person, Somewhere\n");

    EXPECT_EQ(text, kProse.substr(0, text.size()));
    EXPECT_GT(text.size(), 100u);
    EXPECT_THAT(text, Not(HasSubstr("think?")));
}

TEST(MailBeginning, ReadsHtmlAndQuotedPrintable)
{
    const auto text = mailBeginning(
        "Content-Type: text/html;\n charset=\"x\"\nContent-Transfer-Encoding: Quoted-Printable\n\n"
        "<html><body><p style=3D\"a\">We have=20been th=\ninking about what you said of the "
        "meeting "
        "and we would like to come to the house on the first day of the week.</p></body></html>");

    EXPECT_THAT(text, HasSubstr("We have been thinking about"));
    EXPECT_THAT(text, Not(HasSubstr("style")));
}

TEST(MailBeginning, LeavesOutWhatItCannotRead)
{
    EXPECT_EQ(mailBeginning("no blank line"), "");
    EXPECT_EQ(mailBeginning("Content-Type: multipart/mixed\n\n" + kProse), "");
    EXPECT_EQ(mailBeginning("Content-Transfer-Encoding: base64\n\n" + kProse), "");
    EXPECT_EQ(mailBeginning("A: b\n\nshort"), "");
}

TEST(MailTask, SaysWhatToFetchWhereThereAreNoMails)
{
    try {
        mailTask("/nonexistent");
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("packaging/fetch"));
    }
}

} // namespace
} // namespace vitrine::learning
