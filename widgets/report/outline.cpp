#include "widgets/report/outline.h"

#include <QDropEvent>
#include <QHeaderView>
#include <QKeyEvent>

#include "core/report/text.h"
#include "widgets/theme/icon.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kSection = Qt::UserRole, kItem = Qt::UserRole + 1;
constexpr int kReport = -1;

struct Words {
    QString operator()(const report::TextItem& item) const
    {
        for (const report::Block& block : report::textBlocks(item.markdown))
            if (const auto* text = std::get_if<report::RichText>(&block))
                return QString::fromStdString(report::plainText(text->words)).left(60);
        return ReportOutline::tr("Empty text");
    }
    QString operator()(const report::FigureItem& item) const
    {
        return QString::fromStdString(item.edits.title.value_or(item.figure)).replace('-', ' ');
    }
    QString operator()(const report::TableItem& item) const
    {
        if (!item.title.empty())
            return QString::fromStdString(item.title);
        const auto name = item.source == report::TableItem::Source::table
                              ? std::string_view(item.table)
                              : report::sourceName(item.source);
        return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    }
};

const char* iconOf(const report::Item& item)
{
    constexpr const char* kIcons[] = {"report-text", "report-figure", "report-table"};
    return kIcons[item.index()];
}

const char* kindOf(const report::Item& item)
{
    constexpr const char* kKinds[] = {"Text", "Figure", "Table"};
    return kKinds[item.index()];
}

} // namespace

QString itemWords(const report::Item& item)
{
    return std::visit(Words{}, item);
}

ReportOutline::ReportOutline(QWidget* parent) : QTreeWidget(parent)
{
    setAccessibleName(tr("Outline"));
    setToolTip(tr("Drag to reorder, or Alt+Up and Alt+Down; Delete removes"));
    header()->hide();
    setIndentation(14);
    setRootIsDecorated(false);
    setExpandsOnDoubleClick(false);
    setIconSize({16, 16});
    setUniformRowHeights(true);
    setTextElideMode(Qt::ElideRight);
    setDragDropMode(QAbstractItemView::InternalMove);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setFrameShape(QFrame::NoFrame);
    connect(this, &QTreeWidget::currentItemChanged, this, [this] {
        if (!quiet_)
            emit chosen(section(), item());
    });
}

void ReportOutline::setManuscript(const report::Manuscript& manuscript)
{
    const int oldSection = section(), oldItem = item();
    quiet_ = true;
    manuscript_ = manuscript;
    clear();
    auto* whole = new QTreeWidgetItem(this);
    whole->setText(0, manuscript.title.empty() ? tr("Untitled report")
                                               : QString::fromStdString(manuscript.title));
    whole->setIcon(0, theme::icon("reports"));
    whole->setData(0, kSection, kReport);
    whole->setData(0, kItem, -1);
    whole->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    for (std::size_t s = 0; s < manuscript.sections.size(); ++s) {
        const report::ManuscriptSection& each = manuscript.sections[s];
        auto* row = new QTreeWidgetItem(this);
        row->setText(0, each.title.empty() ? tr("Section without title")
                                           : QString::fromStdString(each.title));
        QFont font = row->font(0);
        font.setWeight(QFont::DemiBold);
        row->setFont(0, font);
        row->setData(0, kSection, static_cast<int>(s));
        row->setData(0, kItem, -1);
        row->setData(0, Qt::AccessibleTextRole, tr("Section %1").arg(row->text(0)));
        row->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled |
                      Qt::ItemIsDropEnabled);
        for (std::size_t i = 0; i < each.items.size(); ++i) {
            auto* child = new QTreeWidgetItem(row);
            child->setText(0, itemWords(each.items[i]));
            child->setToolTip(0, tr(kindOf(each.items[i])) + ": " + child->text(0));
            child->setData(0, Qt::AccessibleTextRole, child->toolTip(0));
            child->setIcon(0, theme::icon(iconOf(each.items[i])));
            child->setData(0, kSection, static_cast<int>(s));
            child->setData(0, kItem, static_cast<int>(i));
            child->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled);
        }
        row->setExpanded(true);
    }
    quiet_ = false;
    choose(oldSection, oldItem);
}

void ReportOutline::choose(int section, int item)
{
    quiet_ = true;
    QTreeWidgetItem* found = topLevelItem(0);
    if (section >= 0 && section + 1 < topLevelItemCount()) {
        found = topLevelItem(section + 1);
        if (item >= 0 && item < found->childCount())
            found = found->child(item);
    }
    setCurrentItem(found);
    quiet_ = false;
}

int ReportOutline::section() const
{
    return currentItem() != nullptr ? currentItem()->data(0, kSection).toInt() : kReport;
}

int ReportOutline::item() const
{
    return currentItem() != nullptr ? currentItem()->data(0, kItem).toInt() : -1;
}

void ReportOutline::move(int step)
{
    const int s = section(), i = item();
    if (s < 0)
        return;
    auto sections = manuscript_.sections;
    const auto count = static_cast<int>(sections.size());
    const auto at = [&](int index) -> auto&
    {
        return sections[static_cast<std::size_t>(index)];
    };
    int toSection = s, toItem = i;
    if (i < 0) {
        toSection = s + step;
        if (toSection < 0 || toSection >= count)
            return;
        std::swap(at(s), at(toSection));
    } else {
        auto& items = at(s).items;
        toItem = i + step;
        if (toItem >= 0 && toItem < static_cast<int>(items.size())) {
            std::swap(items[static_cast<std::size_t>(i)], items[static_cast<std::size_t>(toItem)]);
        } else { // over the border into the next section
            toSection = s + step;
            if (toSection < 0 || toSection >= count)
                return;
            auto& into = at(toSection).items;
            toItem = step > 0 ? 0 : static_cast<int>(into.size());
            into.insert(into.begin() + toItem, items[static_cast<std::size_t>(i)]);
            items.erase(items.begin() + i);
        }
    }
    emit reordered(sections);
    choose(toSection, toItem);
    emit chosen(toSection, toItem);
}

void ReportOutline::dropEvent(QDropEvent* event)
{
    quiet_ = true;
    QTreeWidget::dropEvent(event);
    quiet_ = false;
    readOrder();
}

// What the tree shows after a drop. Where it makes no sense (an item outside of sections) all stays
// as it was.
void ReportOutline::readOrder()
{
    std::vector<report::ManuscriptSection> sections;
    bool sound = topLevelItem(0) != nullptr && topLevelItem(0)->data(0, kSection) == kReport;
    for (int t = 1; sound && t < topLevelItemCount(); ++t) {
        const QTreeWidgetItem* row = topLevelItem(t);
        sound = row->data(0, kItem).toInt() < 0 && row->data(0, kSection).toInt() >= 0;
        if (!sound)
            break;
        const auto& from = manuscript_.sections[row->data(0, kSection).toUInt()];
        report::ManuscriptSection section{from.title, {}};
        for (int c = 0; c < row->childCount(); ++c) {
            const QTreeWidgetItem* child = row->child(c);
            section.items.push_back(manuscript_.sections[child->data(0, kSection).toUInt()]
                                        .items[child->data(0, kItem).toUInt()]);
        }
        sections.push_back(std::move(section));
    }
    if (sound && sections.size() == manuscript_.sections.size())
        // The tree is made anew: not while the drop is still being handled.
        QMetaObject::invokeMethod(
            this, [this, sections] { emit reordered(sections); }, Qt::QueuedConnection);
    else
        QMetaObject::invokeMethod(
            this, [this] { setManuscript(report::Manuscript(manuscript_)); }, Qt::QueuedConnection);
}

void ReportOutline::keyPressEvent(QKeyEvent* event)
{
    const bool alt = event->modifiers() & Qt::AltModifier;
    if (alt && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down))
        move(event->key() == Qt::Key_Up ? -1 : 1);
    else if (event->key() == Qt::Key_Delete)
        emit removeRequested();
    else
        QTreeWidget::keyPressEvent(event);
}

} // namespace vitrine
