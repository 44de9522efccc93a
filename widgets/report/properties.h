#pragma once

#include <QScrollArea>

#include "core/report/manuscript.h"

#include <functional>

class QFormLayout;
class QVBoxLayout;

namespace vitrine
{

// What can be said of the chosen part of a report: the whole, a section, a text, a figure, a table.
class ReportProperties : public QScrollArea
{
    Q_OBJECT
public:
    explicit ReportProperties(QWidget* parent);

    // `document`: as composed, for what a figure or table has by itself (its title, its columns).
    void show(const report::Manuscript& manuscript, const report::Document& document, int section,
              int item);

signals:
    // Edits of one field in quick succession have one key.
    void edited(const report::Manuscript& manuscript, const QString& label, const QString& key);

private:
    using Apply = std::function<void(report::Manuscript&)>;

    void begin(const QString& heading);
    void change(const Apply& apply, const QString& label, const QString& key);
    void showReport();
    void showSection(int section);
    void showText(report::TextItem item);
    void showFigure(const report::FigureItem& item, const report::PlacedFigure* drawn);
    void showTable(const report::TableItem& item, const report::DataTable* drawn);
    void addLine(const QString& name, const QString& value, const QString& placeholder,
                 const QString& help, std::function<void(report::Manuscript&, std::string)> set);
    void addNumber(const QString& name, double value, double least, double most, double step,
                   const QString& unit, const QString& help,
                   std::function<void(report::Manuscript&, double)> set);
    void addColours(const report::FigureItem& item, const figure::Figure& drawn);

    report::Manuscript manuscript_;
    int section_ = -2, item_ = -2; // shown
    bool isTelling_ = false;       // a field's change is being told
    QWidget* body_ = nullptr;
    QVBoxLayout* column_ = nullptr;
};

} // namespace vitrine
