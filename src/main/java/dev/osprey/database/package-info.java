/** Where records are kept: opening the database, its tables' versions, transactions. */
@NullMarked
package dev.osprey.database;

import org.jspecify.annotations.NullMarked;
