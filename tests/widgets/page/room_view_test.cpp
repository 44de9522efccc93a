#include "widgets/page/prompt_room_view.h"

#include "tests/support/fake_context.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

RunHandle runOf(RunState state, const std::string& prompt)
{
    RunRecord run;
    run.state = state;
    run.experiment = "toy.show";
    run.error = state == RunState::done ? "" : "no memory";
    run.params.set("prompt", prompt);
    return std::make_shared<const RunRecord>(std::move(run));
}

// Shows how many runs it opened; a run without prompt does not open.
class ToyView : public PromptRoomView
{
public:
    explicit ToyView(ViewContext& context)
        : PromptRoomView(context, BoundState({"token"}),
                         {.name = "Toy",
                          .experiment = "toy.show",
                          .failure = "Nothing",
                          .empty = {"Title", "Sentence", "Start", "Help", "Hint"}},
                         "Type", "Opening", nullptr)
    {
        makePage(new QLabel("content"), [](QSize) { return std::vector<SkeletonCard>(); });
        addFigureActions("toy");
        showPage();
    }
    void setState(const QJsonObject& state) override { state_ = state; }
    QString title() const override { return besideTitle(names_); }
    using RoomView::current;
    using RoomView::put;
    using RoomView::retry;

    QStringList names_;

protected:
    bool hasContent() const override { return !names_.isEmpty(); }
    void openRuns(const std::vector<RunHandle>& done) override
    {
        std::vector<Result<QString>> read;
        for (const RunHandle& run : done) {
            const std::string prompt = run->params.text("prompt");
            if (prompt.empty())
                read.push_back(inputError("it has no prompt"));
            else
                read.push_back(QString::fromStdString(prompt));
        }
        names_.clear();
        for (const QString& name : sound(std::move(read)))
            names_ << name;
        if (names_.isEmpty())
            opened();
        else
            opened(*done.front(), {names_.front()});
        showPage();
    }
    void dropRuns() override { names_.clear(); }
    Values promptValues() const override { return {{"model", "m"}, {"prompt_file", "f"}}; }
    void startStudy() override { start({{"model", "study"}}, false); }
    std::function<std::optional<figure::Figure>()> figureMaker(const QString&) const override
    {
        return {};
    }
};

class RoomViewTest : public testing::Test
{
protected:
    RoomViewTest() : view_(context_)
    {
        view_.resize(600, 400);
        view_.show();
    }
    int page() const { return view_.findChild<QStackedWidget*>()->currentIndex(); }
    bool says(const QString& words)
    {
        for (const QLabel* label : view_.findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(words))
                return true;
        return false;
    }

    tests::FakeContext context_;
    ToyView view_;
};

TEST_F(RoomViewTest, IsEmptyThenShowsWhatOpensAndSaysWhatDoesNot)
{
    EXPECT_EQ(page(), 0);
    view_.setRuns({runOf(RunState::done, "peace"), runOf(RunState::done, "")});
    EXPECT_EQ(page(), 3);
    EXPECT_TRUE(says("it has no prompt"));
    EXPECT_EQ(view_.title(), "peace");

    view_.setRuns({runOf(RunState::failed, "war")});
    EXPECT_EQ(page(), 2);
    EXPECT_TRUE(says("no memory"));
    EXPECT_EQ(view_.findChild<QPlainTextEdit*>()->toPlainText(), "war");
}

TEST_F(RoomViewTest, LoadingIsThePageWhereThereIsNothingElse)
{
    view_.setLoading("layer 2 of 6", 0.3);
    EXPECT_EQ(page(), 1);
    view_.setFailure("no memory");
    EXPECT_EQ(page(), 0);
}

TEST_F(RoomViewTest, ATypedPromptTakesThePlaceOfAnotherText)
{
    auto* prompt = view_.findChild<QPlainTextEdit*>();
    prompt->setFocus();
    QTest::keyClicks(prompt, "war");
    QTest::keyClick(prompt, Qt::Key_Return);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "toy.show");
    EXPECT_EQ(context_.starts[0].params,
              (std::map<std::string, std::string>{{"model", "m"}, {"prompt", "war"}}));

    view_.retry();
    ASSERT_EQ(context_.starts.size(), 2u);
    EXPECT_EQ(context_.starts[1].params, context_.starts[0].params) << "the same again";
}

TEST_F(RoomViewTest, WhatIsOfATextDoesNotHoldForAnother)
{
    view_.setRuns({runOf(RunState::done, "peace")});
    view_.put("token", 7, "Select token");
    view_.put("scale", "log", "Change scale");
    EXPECT_EQ(view_.current()["token"].toInt(), 7);
    ASSERT_EQ(context_.changes.size(), 2u);
    view_.put("scale", "log", "Change scale");
    EXPECT_EQ(context_.changes.size(), 2u) << "nothing changed";

    view_.setRuns({runOf(RunState::done, "war")});
    EXPECT_FALSE(view_.current().contains("token"));
    EXPECT_EQ(view_.current()["scale"].toString(), "log");
}

TEST(BesideTitle, NamesTwoAndCountsTheRest)
{
    EXPECT_EQ(besideTitle({}), "");
    EXPECT_EQ(besideTitle({"a"}), "a");
    EXPECT_EQ(besideTitle({"a", "b"}), "a beside b");
    EXPECT_EQ(besideTitle({"a", "b", "c", "d"}), "a beside b and 2 more");
}

} // namespace
} // namespace vitrine
