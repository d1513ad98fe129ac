namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>What a statement does, read without a look at what is known; <see cref="DefinitionCatalog.Apply"/> does it.</summary>
internal abstract record SchemaEdit
{
    /// <summary>CREATE TABLE.</summary>
    /// <param name="Table">Its name.</param>
    /// <param name="Text">The statement.</param>
    internal sealed record CreateTable(TableId Table, string Text) : SchemaEdit
    {
        /// <summary>OR REPLACE.</summary>
        public bool Replaces { get; init; }

        /// <summary>IF NOT EXISTS.</summary>
        public bool KeepsOld { get; init; }

        /// <summary>TEMPORARY: it hides another of its name, and has no rows in the binlog.</summary>
        public bool IsTemporary { get; init; }

        /// <summary>LIKE this table.</summary>
        public TableId? Model { get; init; }

        /// <summary>Its columns, keys and options; null if they could not be read, or are those of a SELECT.</summary>
        public IReadOnlyList<TableEdit>? Parts { get; init; }

        /// <summary>Its columns may take their character set from the database.</summary>
        public bool NeedsCharset =>
            Parts is not null && Model is null && !IsTemporary && !Parts.OfType<TableEdit.Charset>().Any(static charset => charset.Name is not null);
    }

    /// <summary>ALTER TABLE.</summary>
    /// <param name="Table">Its name before.</param>
    /// <param name="Text">The statement.</param>
    internal sealed record AlterTable(TableId Table, string Text) : SchemaEdit
    {
        /// <summary>Its name from here on.</summary>
        public TableId NewName { get; init; } = Table;

        /// <summary>A partition becomes a table of this name.</summary>
        public TableId? MadeOfPartition { get; init; }

        /// <summary>This table becomes a partition.</summary>
        public TableId? MadePartition { get; init; }

        /// <summary>What is changed; null if it could not be read.</summary>
        public IReadOnlyList<TableEdit>? Parts { get; init; }
    }

    /// <summary>CREATE UNIQUE INDEX.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Text">The statement.</param>
    /// <param name="Columns">Its columns; null if it holds an expression.</param>
    internal sealed record AddUniqueIndex(TableId Table, string Text, IReadOnlyList<string>? Columns) : SchemaEdit;

    /// <summary>Another index comes or goes.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="DropsPrimaryKey">It was the primary key.</param>
    internal sealed record ChangeIndex(TableId Table, bool DropsPrimaryKey) : SchemaEdit;

    /// <summary>One pair of a RENAME TABLE.</summary>
    /// <param name="From">Name before.</param>
    /// <param name="To">Name from here on.</param>
    /// <param name="Text">This part of the statement.</param>
    internal sealed record RenameTable(TableId From, TableId To, string Text) : SchemaEdit
    {
        /// <summary>A temporary table of the name is meant rather than the one it hides: with MariaDB.</summary>
        public bool MayBeTemporary { get; init; }
    }

    /// <summary>One table of a DROP TABLE.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Text">This part of the statement.</param>
    /// <param name="IsTemporary">Only a temporary table of this name goes.</param>
    internal sealed record DropTable(TableId Table, string Text, bool IsTemporary) : SchemaEdit;

    /// <summary>What is kept as a table and is none comes or goes: a sequence.</summary>
    /// <param name="Table">Its name.</param>
    internal sealed record ForgetTable(TableId Table) : SchemaEdit;

    /// <summary>CREATE DATABASE and ALTER DATABASE.</summary>
    /// <param name="Name">The database.</param>
    /// <param name="Charset">Character set of its new tables; null if none is named.</param>
    /// <param name="IsNew">It was made.</param>
    internal sealed record SetDatabase(string Name, string? Charset, bool IsNew) : SchemaEdit;

    /// <summary>DROP DATABASE.</summary>
    /// <param name="Name">The database.</param>
    internal sealed record DropDatabase(string Name) : SchemaEdit;
}
