#pragma once

#include "tests/support/view_fixture.h"
#include "widgets/plot/plot_view.h"

#include <QLabel>

#include <memory>
#include <string>

namespace vitrine::tests
{

inline RunHandle handle(const RunRecord& run)
{
    return std::make_shared<const RunRecord>(run);
}

// A view of the room in a fake window.
template <typename Shown>
class QuantizationFixture : public ViewFixture<Shown>
{
protected:
    QuantizationFixture() : ViewFixture<Shown>(QSize(1250, 900)) {}

    // What a label says, its spaces as they are typed.
    std::string words(const QString& name)
    {
        return this->template named<QLabel>(name)->text().replace(QChar(0xa0), ' ').toStdString();
    }
    plot::PlotView* plot(const char* figure)
    {
        for (auto* each : this->view_.template findChildren<plot::PlotView*>())
            if (each->figure().name == figure)
                return each;
        ADD_FAILURE() << figure;
        return nullptr;
    }
};

} // namespace vitrine::tests
