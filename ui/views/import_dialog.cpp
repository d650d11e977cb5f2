// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/import_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QProgressBar>
#include <QScrollBar>
#include <QSpinBox>
#include <QTableView>

#include "core/base/error.h"
#include "core/io/import_realisations.h"
#include "ui/models/number_text.h"
#include "ui/views/models_tab.h"
#include "ui/views/panel_parts.h"
#include "ui/views/theme.h"

namespace anamorph {
namespace {

constexpr int column_width = 116;

QLabel* caption(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", QStringLiteral("muted"));
    return label;
}

void add_captioned(QHBoxLayout* row, const QString& text, QWidget* field, const QString& tooltip) {
    auto* cell = new QVBoxLayout;
    cell->setSpacing(3);
    QLabel* label = caption(text);
    label->setToolTip(tooltip_text(tooltip));
    field->setToolTip(tooltip_text(tooltip));
    cell->addWidget(label);
    cell->addWidget(field);
    row->addLayout(cell);
}

}  // namespace

ImportDialog::ImportDialog(const QString& path, QWidget* parent)
    : QDialog(parent), path_(path), preview_(new PreviewModel(this)) {
    setWindowTitle(tr("Import %1").arg(QFileInfo(path).fileName()));
    setObjectName(QStringLiteral("importDialog"));
    resize(900, 600);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(12);
    auto* title = new QLabel(QFileInfo(path).fileName());
    title->setFont(theme_font(15.0, true));
    column->addWidget(title);
    add_format_row(column);
    column->addWidget(horizontal_hairline());
    column->addWidget(caption(tr("What each column is: choose above it.")));
    role_strip_ = new QWidget;
    role_strip_->setFixedHeight(30);
    view_ = new QTableView;
    view_->setModel(preview_);
    style_table(*view_);
    view_->setSelectionMode(QAbstractItemView::NoSelection);
    view_->setFocusPolicy(Qt::NoFocus);
    view_->horizontalHeader()->setDefaultSectionSize(column_width);
    view_->horizontalHeader()->setMinimumSectionSize(column_width);
    view_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    connect(view_->horizontalHeader(), &QHeaderView::sectionResized, this, &ImportDialog::place_role_boxes);
    connect(view_->horizontalScrollBar(), &QScrollBar::valueChanged, this, &ImportDialog::place_role_boxes);
    auto* table_column = new QVBoxLayout;
    table_column->setSpacing(4);
    table_column->addWidget(role_strip_);
    table_column->addWidget(view_, 1);
    column->addLayout(table_column, 1);
    auto* below = new QHBoxLayout;
    facts_ = muted_label(QString());
    value_columns_ = new QLineEdit;
    value_columns_->setObjectName(QStringLiteral("valueColumns"));
    value_columns_->setPlaceholderText(tr("such as day1:day30"));
    value_columns_->setFixedWidth(180);
    value_columns_->setToolTip(tooltip_text(
        tr("Where the field was observed several times, a column each: the first and the last of them with a colon "
           "between, or their names with commas. They get the role value.")));
    auto* several = muted_label(tr("Several columns of values"));
    several->setWordWrap(false);
    below->addWidget(facts_, 1);
    below->addWidget(several);
    below->addWidget(value_columns_);
    column->addLayout(below);
    connect(value_columns_, &QLineEdit::editingFinished, this, &ImportDialog::take_value_columns);
    column->addWidget(horizontal_hairline());
    add_meaning_row(column);
    error_ = text_label(QString());
    error_->setObjectName(QStringLiteral("importError"));
    error_->setProperty("role", QStringLiteral("bad"));
    error_->hide();
    column->addWidget(error_);
    auto* buttons = new QHBoxLayout;
    progress_ = new QProgressBar;
    progress_->setTextVisible(false);
    progress_->setFixedWidth(180);
    progress_->setRange(0, 1000);
    buttons->addWidget(progress_);
    buttons->addStretch(1);
    auto* cancel = new QPushButton(tr("Cancel"));
    import_ = primary_button(tr("Import"));
    import_->setObjectName(QStringLiteral("importButton"));
    import_->setDefault(true);
    import_->setEnabled(false);
    buttons->addWidget(cancel);
    buttons->addWidget(import_);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(import_, &QPushButton::clicked, this, &ImportDialog::start_import);
    connect(&controller_, &ImportController::previewed, this, &ImportDialog::show_preview);
    connect(&controller_, &ImportController::previewFailed, this, [this](const QString& sentence) {
        table_.reset();
        progress_->hide();
        import_->setEnabled(false);
        show_error(sentence);
    });
    connect(&controller_, &ImportController::progressed, this, [this](const Progress& p) {
        if (p.fraction >= 0.0) progress_->setValue(static_cast<int>(1000.0 * p.fraction));
    });
    connect(&controller_, &ImportController::imported, this,
            [this](std::shared_ptr<const SpatialDataset> dataset, DataFactsPointer facts) {
                dataset_ = std::move(dataset);
                data_facts_ = std::move(facts);
                accept();
            });
    connect(&controller_, &ImportController::importFailed, this, [this](const QString& sentence) {
        import_->setEnabled(true);
        show_error(sentence);
    });
    controller_.detect(path_);
}

void ImportDialog::add_format_row(QVBoxLayout* column) {
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    delimiter_ = new QComboBox;
    delimiter_->setObjectName(QStringLiteral("delimiter"));
    for (const auto& [text, value] : {std::pair{tr("comma"), ','}, {tr("semicolon"), ';'}, {tr("tab"), '\t'},
                                      {tr("blanks"), ' '}, {tr("bar |"), '|'}})
        delimiter_->addItem(text, QChar::fromLatin1(value));
    add_captioned(row, tr("Columns are separated by"), delimiter_, tr("The character between two cells of a line."));
    decimal_ = new QComboBox;
    decimal_->addItem(tr("point 3.14"), false);
    decimal_->addItem(tr("comma 3,14"), true);
    add_captioned(row, tr("Decimals"), decimal_, tr("How numbers are written."));
    encoding_ = new QComboBox;
    encoding_->addItems({QStringLiteral("UTF-8"), QStringLiteral("UTF-16LE"), QStringLiteral("UTF-16BE"), QStringLiteral("Latin-1")});
    add_captioned(row, tr("Encoding"), encoding_, tr("How letters are stored; wrong accents mean another encoding."));
    skip_ = new QSpinBox;
    skip_->setRange(0, 100000);
    add_captioned(row, tr("Lines to skip"), skip_, tr("Lines before the header that hold no data."));
    missing_ = new QLineEdit;
    missing_->setMinimumWidth(200);
    add_captioned(row, tr("Missing values (blank apart)"), missing_,
                  tr("Cells with one of these texts, and empty cells, hold no value."));
    header_ = new QCheckBox(tr("First line names the columns"));
    auto* cell = new QVBoxLayout;
    cell->addStretch(1);
    cell->addWidget(header_);
    row->addLayout(cell);
    row->addStretch(1);
    column->addLayout(row);
    connect(delimiter_, &QComboBox::activated, this, &ImportDialog::format_changed);
    connect(decimal_, &QComboBox::activated, this, &ImportDialog::format_changed);
    connect(encoding_, &QComboBox::activated, this, &ImportDialog::format_changed);
    connect(skip_, &QSpinBox::valueChanged, this, &ImportDialog::format_changed);
    connect(missing_, &QLineEdit::editingFinished, this, &ImportDialog::format_changed);
    connect(header_, &QCheckBox::toggled, this, &ImportDialog::format_changed);
}

void ImportDialog::add_meaning_row(QVBoxLayout* column) {
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    name_ = new QLineEdit(QFileInfo(path_).completeBaseName());
    name_->setCursorPosition(0);
    add_captioned(row, tr("Name"), name_, tr("Of the data set, in titles."));
    duplicates_ = new QComboBox;
    duplicates_->setObjectName(QStringLiteral("duplicates"));
    duplicates_->addItem(tr("average them"), static_cast<int>(DuplicatePolicy::average));
    duplicates_->addItem(tr("keep them"), static_cast<int>(DuplicatePolicy::keep));
    add_captioned(row, tr("Several values at a site"), duplicates_,
                  tr("Average: one value a site. Keep: they tell the nugget apart, and need one."));
    coordinate_unit_ = new QLineEdit;
    coordinate_unit_->setMaximumWidth(76);
    add_captioned(row, tr("Coordinate unit"), coordinate_unit_, tr("m, km, ft …; shown on axes and ranges."));
    value_unit_ = new QLineEdit;
    value_unit_->setMaximumWidth(76);
    add_captioned(row, tr("Value unit"), value_unit_, tr("mm, ppm, °C …; shown in the legend."));
    system_ = new QLineEdit;
    system_->setPlaceholderText(tr("EPSG:2154"));
    system_->setMaximumWidth(150);
    add_captioned(row, tr("Coordinate system"), system_,
                  tr("Of planar coordinates, as EPSG code or WKT; kept for GeoTIFF and other programs."));
    time_unit_ = new QLineEdit;
    time_unit_->setObjectName(QStringLiteral("timeUnit"));
    time_unit_->setMaximumWidth(76);
    add_captioned(row, tr("Time unit"), time_unit_, tr("h, day, s … of times that are numbers; dates have their own."));
    degrees_as_ = new QComboBox;
    degrees_as_->setObjectName(QStringLiteral("degreesAs"));
    degrees_as_->addItem(tr("plane, km"), static_cast<int>(DegreesAs::plane));
    degrees_as_->addItem(tr("sphere, chords"), static_cast<int>(DegreesAs::sphere));
    add_captioned(row, tr("Degrees become"), degrees_as_,
                  tr("Plane: projected to an equal-area plane in kilometres, for regions. Sphere: distances are chords of the globe, for data that reach around it; the time is then a covariate."));
    degrees_ = new QCheckBox(tr("Degrees"));
    degrees_->setObjectName(QStringLiteral("degrees"));
    degrees_->setToolTip(tooltip_text(
        tr("x and y are longitude and latitude; they are projected or taken to the sphere, since degrees are not distances.")));
    auto* cell = new QVBoxLayout;
    cell->addStretch(1);
    cell->addWidget(degrees_);
    row->addLayout(cell);
    row->addStretch(1);
    column->addLayout(row);
    degrees_as_->setEnabled(false);
    connect(degrees_, &QCheckBox::toggled, this, [this](bool on) {
        degrees_as_->setEnabled(on);
        coordinate_unit_->setEnabled(!on);
        system_->setEnabled(!on);
    });
}

void ImportDialog::show_error(const QString& sentence) {
    error_->setText(sentence);
    error_->setVisible(!sentence.isEmpty());
}

QString ImportDialog::errorText() const { return error_->isHidden() ? QString() : error_->text(); }

void ImportDialog::show_format(const TableFormat& format) {
    format_ = format;
    delimiter_->setCurrentIndex(delimiter_->findData(QChar::fromLatin1(format.delimiter)));
    decimal_->setCurrentIndex(format.decimal_comma ? 1 : 0);
    encoding_->setCurrentText(QString::fromStdString(format.encoding));
    skip_->setValue(static_cast<int>(format.skip_lines));
    header_->setChecked(format.has_header);
    QStringList tokens;
    for (const std::string& token : format.missing_tokens)
        if (!token.empty()) tokens << QString::fromStdString(token);
    missing_->setText(tokens.join(QLatin1Char(' ')));
    missing_->setCursorPosition(0);
    missing_->setCursorPosition(0);
}

void ImportDialog::show_preview(const TablePreview& preview) {
    showing_ = true;
    progress_->hide();
    show_error(QString());
    table_ = preview.table;
    preview_->setCells(preview.cells, preview.format.has_header);
    show_format(preview.format);
    show_roles(preview.guess);
    QStringList facts = {tr("%1 rows, %2 columns").arg(count_text(table_->rows())).arg(table_->columns.size()),
                         tr("line ends %1").arg(QString::fromStdString(preview.format.line_ending))};
    if (preview.format.byte_order_mark) facts << tr("byte-order mark");
    long missing = 0;
    QStringList tokens;
    for (const TableColumn& table_column : table_->columns) {
        missing += table_column.missing;
        for (const std::string& token : table_column.missing_tokens_seen) {
            const QString text = token.empty() ? tr("empty") : QString::fromStdString(token);
            if (!tokens.contains(text)) tokens << text;
        }
    }
    if (missing > 0) facts << tr("%1 missing values (%2)").arg(count_text(missing)).arg(tokens.join(QStringLiteral(", ")));
    facts_->setText(facts.join(QStringLiteral(" · ")));
    import_->setEnabled(true);
    showing_ = false;
}

void ImportDialog::show_roles(const ImportOptions& guess) {
    for (QComboBox* box : role_boxes_) delete box;
    role_boxes_.clear();
    for (std::size_t i = 0; i < guess.roles.size(); ++i) {
        auto* box = new QComboBox(role_strip_);
        box->setObjectName(QStringLiteral("role%1").arg(i));
        box->setToolTip(tooltip_text(tr("What this column is in the analysis. Group: sites with the same entry (a borehole, a float) are held out together. Time: numbers or dates (2016-07-01); maps then show one time after the other. Realisation: which observation of the whole field (a day, say) a row is of; several columns of values are realisations, too.")));
        for (const ColumnRole role : {ColumnRole::unused, ColumnRole::x, ColumnRole::y, ColumnRole::z,
                                      ColumnRole::value, ColumnRole::covariate, ColumnRole::weight,
                                      ColumnRole::group, ColumnRole::time, ColumnRole::realisation})
            box->addItem(QString::fromStdString(to_string(role)), static_cast<int>(role));
        box->setCurrentIndex(box->findData(static_cast<int>(guess.roles[i])));
        connect(box, &QComboBox::activated, this, [this] { show_error(QString()); });
        role_boxes_.push_back(box);
    }
    duplicates_->setCurrentIndex(duplicates_->findData(static_cast<int>(guess.duplicates)));
    degrees_->setChecked(guess.coordinates_are_degrees);
    coordinate_unit_->setText(QString::fromStdString(guess.coordinate_unit));
    value_unit_->setText(QString::fromStdString(guess.value_unit));
    system_->setText(QString::fromStdString(guess.coordinate_system));
    place_role_boxes();
}

void ImportDialog::place_role_boxes() {
    const int columns = preview_->columnCount();
    for (std::size_t i = 0; i < role_boxes_.size(); ++i) {
        const int section = static_cast<int>(i);
        if (section >= columns) continue;
        const int x = view_->columnViewportPosition(section);
        role_boxes_[i]->setGeometry(x + 2, 1, view_->columnWidth(section) - 8, 28);
        role_boxes_[i]->show();
    }
}

void ImportDialog::resizeEvent(QResizeEvent* event) {
    QDialog::resizeEvent(event);
    place_role_boxes();
}

void ImportDialog::format_changed() {
    if (showing_) return;
    format_.delimiter = delimiter_->currentData().toChar().toLatin1();
    format_.decimal_comma = decimal_->currentData().toBool();
    format_.encoding = encoding_->currentText().toStdString();
    format_.skip_lines = skip_->value();
    format_.has_header = header_->isChecked();
    format_.missing_tokens = {""};
    for (const QString& token : missing_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts))
        format_.missing_tokens.push_back(token.toStdString());
    progress_->setValue(0);
    progress_->show();
    import_->setEnabled(false);
    controller_.read(path_, format_);
}

/// The columns that are named get the role value, which the others lose.
void ImportDialog::take_value_columns() {
    const QString text = value_columns_->text().trimmed();
    if (!table_ || text.isEmpty()) return;
    try {
        const std::vector<int> columns = value_columns(*table_, text.toStdString());
        for (QComboBox* box : role_boxes_)
            if (static_cast<ColumnRole>(box->currentData().toInt()) == ColumnRole::value)
                box->setCurrentIndex(box->findData(static_cast<int>(ColumnRole::unused)));
        for (const int k : columns) {
            QComboBox* box = roleBox(k);
            box->setCurrentIndex(box->findData(static_cast<int>(ColumnRole::value)));
        }
        show_error(QString());
    } catch (const Error& error) {
        show_error(QString::fromStdString(error.full_text()));
    }
}

ImportOptions ImportDialog::options() const {
    ImportOptions options;
    for (const QComboBox* box : role_boxes_)
        options.roles.push_back(static_cast<ColumnRole>(box->currentData().toInt()));
    options.duplicates = static_cast<DuplicatePolicy>(duplicates_->currentData().toInt());
    options.coordinates_are_degrees = degrees_->isChecked();
    options.degrees = static_cast<DegreesAs>(degrees_as_->currentData().toInt());
    options.time_unit = time_unit_->text().trimmed().toStdString();
    options.value_unit = value_unit_->text().trimmed().toStdString();
    if (!degrees_->isChecked()) {
        options.coordinate_unit = coordinate_unit_->text().trimmed().toStdString();
        options.coordinate_system = system_->text().trimmed().toStdString();
    }
    options.dataset_name = name_->text().trimmed().toStdString();
    return options;
}

void ImportDialog::start_import() {
    if (!table_) return;
    show_error(QString());
    import_->setEnabled(false);
    controller_.import(table_, options());
}

}  // namespace anamorph
