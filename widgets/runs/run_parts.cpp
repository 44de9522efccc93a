#include "widgets/runs/run_detail.h"

#include <QComboBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "widgets/table/data_table.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

namespace vitrine
{
namespace
{

constexpr qsizetype kLongestName = 120;

QGridLayout* pairs(QWidget* parent)
{
    auto* grid = new QGridLayout(parent);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    return grid;
}

QLabel* label(const QString& text, const char* role, QWidget* parent)
{
    auto* made = new QLabel(parent);
    showText(*made, text);
    made->setProperty("role", role);
    return made;
}

// A label whose text can be selected is a text document of its own: not for every name and metric,
// of which a run may have a hundred.
QLabel* selectable(const QString& text, const char* role, QWidget* parent)
{
    QLabel* made = label(text, role, parent);
    made->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return made;
}

} // namespace

QWidget* metricGrid(const RunRecord& run, QWidget* parent)
{
    auto* part = new QWidget(parent);
    QGridLayout* grid = pairs(part);
    int row = 0;
    for (const Metric& metric : run.result.metrics) {
        auto* left = label(metricTitleWords(metric), "muted", part);
        left->setToolTip(shownText(metric.help));
        auto* right = label(metricWords(metric), "value", part);
        right->setAlignment(Qt::AlignRight);
        right->setAccessibleName(QString::fromStdString(metric.name));
        right->setToolTip(QString::fromStdString(readOut(metric.value)) +
                          (metric.origin == Origin::measured ? "\nmeasured" : "\ncomputed"));
        grid->addWidget(left, row, 0);
        grid->addWidget(right, row++, 1);
    }
    return part;
}

QWidget* paramGrid(const RunRecord& run, QWidget* parent)
{
    auto* part = new QWidget(parent);
    QGridLayout* grid = pairs(part);
    int row = 0;
    for (const auto& [name, value] : run.params.all()) {
        auto* left = label(QString::fromStdString(name), "muted", part);
        auto* right = selectable(paramWords(value), "value", part);
        right->setWordWrap(true);
        right->setTextFormat(Qt::PlainText);
        right->setToolTip(shownText(paramText(value)));
        grid->addWidget(left, row, 0, Qt::AlignTop);
        grid->addWidget(right, row++, 1);
    }
    return part;
}

QWidget* inputList(const RunRecord& run, QWidget* parent)
{
    auto* part = new QWidget(parent);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    for (const InputFile& input : run.result.inputs) {
        const QFileInfo file(QString::fromStdString(input.path));
        auto* name = selectable(
            QString("%1   %2").arg(file.fileName(), QString::fromStdString(bytesText(input.bytes))),
            "value", part);
        name->setToolTip(shownText(file.filePath()));
        auto* hash = selectable(
            "sha256 " + QString::fromStdString(input.sha256.substr(0, 24)) + "…", "caption", part);
        hash->setToolTip(shownText(input.sha256));
        auto* both = new QVBoxLayout;
        both->setSpacing(0);
        both->addWidget(name);
        both->addWidget(hash);
        column->addLayout(both);
    }
    return part;
}

QWidget* tableSwitcher(const RunRecord& run, int tableHeight, QWidget* parent)
{
    if (run.result.tables.empty())
        return nullptr;
    auto* part = new QWidget(parent);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* chooser = new QComboBox(part);
    chooser->setAccessibleName("Table");
    auto* view = new DataTable(part);
    view->setAccessibleName("Table rows");
    view->setMinimumHeight(tableHeight);
    for (const Table& table : run.result.tables)
        chooser->addItem(QString("%1  (%2 rows)")
                             .arg(shownText(table.name, kLongestName))
                             .arg(countWords(table.rows.size())),
                         QString::fromStdString(table.name));
    const auto tables = run.result.tables;
    const auto show = [view, tables](int index) {
        if (index >= 0)
            view->setTable(tables[static_cast<std::size_t>(index)]);
    };
    QObject::connect(chooser, &QComboBox::currentIndexChanged, view, show);
    show(0);
    column->addWidget(chooser, 0, Qt::AlignLeft);
    column->addWidget(view, 1);
    return part;
}

} // namespace vitrine
