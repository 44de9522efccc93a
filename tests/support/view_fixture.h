#pragma once

#include "tests/support/fake_context.h"
#include "tests/support/settled_view.h"
#include "tests/widgets/plot/application.h"

#include <QStackedWidget>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <filesystem>

namespace vitrine::tests
{

// A view of runs in a fake window, and runs whose files lie in a folder of the test.
template <typename Shown>
class ViewFixture : public testing::Test
{
protected:
    static void SetUpTestSuite() { needApplication(); }
    explicit ViewFixture(QSize size) : view_(context_, nullptr)
    {
        view_.resize(size);
        view_.show();
    }

    std::filesystem::path newFolder()
    {
        return std::filesystem::path(folder_.path().toStdString()) / std::to_string(++made_);
    }
    // A run that was made in the newest folder.
    RunHandle numbered(Result<RunRecord> run)
    {
        EXPECT_TRUE(run) << run.error().message;
        run->number = made_;
        return std::make_shared<const RunRecord>(std::move(*run));
    }
    void show(const std::vector<RunHandle>& runs)
    {
        view_.setRuns(runs);
        ASSERT_TRUE(QTest::qWaitFor([this] { return page() == 3 || page() == 2; }));
        settle();
    }
    void settle()
    {
        EXPECT_TRUE(QTest::qWaitFor(
            [this] {
                view_.grab();
                return isSettled(view_, context_);
            },
            20'000));
    }
    int page() const // empty, loading, failure, content
    {
        return view_.template findChild<QStackedWidget*>()->currentIndex();
    }
    template <typename Widget>
    Widget* named(const QString& accessibleName)
    {
        for (Widget* widget : view_.template findChildren<Widget*>())
            if (widget->accessibleName() == accessibleName)
                return widget;
        ADD_FAILURE() << "no widget named " << accessibleName.toStdString();
        return nullptr;
    }

    QTemporaryDir folder_;
    int made_ = 0;
    FakeContext context_;
    Shown view_;
};

} // namespace vitrine::tests
